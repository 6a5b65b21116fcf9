/** Where a click may lead: only to the landing page that a release of ours has for the creative. */
import { openSnapshot, type Snapshot } from '@flightplan/engine/snapshot.ts'
import type { TokenClaims } from './token.ts'

export interface Landings {
  /** A release that serves now; `prefix` as tokens carry it. */
  learn(prefix: string, snapshot: SharedArrayBuffer): void
  /** The page, with what its macros stand for and the click's token as `fpc`; null: not known, or no web address. */
  of(claims: TokenClaims, token: string): string | null
}

/** A click comes minutes after its bid, and releases hours apart. */
const KEEP = 8

export function openLandings(): Landings {
  const releases = new Map<string, () => ReadonlyMap<string, string>>()
  return {
    learn(prefix, bytes) {
      releases.delete(prefix)
      let pages: ReadonlyMap<string, string> | null = null
      releases.set(prefix, () => (pages ??= pagesOf(openSnapshot(bytes))))
      for (const name of [...releases.keys()].slice(0, -KEEP)) releases.delete(name)
    },
    of(claims, token) {
      const own = releases.get(claims.release)
      const known = own ? [own] : [...releases.values()].reverse()
      const template = known.map(pages => pages().get(claims.creative)).find(page => page !== undefined)
      return template === undefined ? null : pageOf(template, claims, token)
    },
  }
}

function pagesOf({ creative, strings }: Snapshot): Map<string, string> {
  return new Map(Array.from(creative.id_str, (id, row) => [strings.get(id), strings.get(creative.landing_str[row]!)])) // one row
}

function pageOf(template: string, claims: TokenClaims, token: string): string | null {
  const [campaign = '', lineItem = ''] = claims.lineItem.split('/')
  const values: Readonly<Record<string, string>> = {
    ...{ CAMPAIGN_ID: campaign, LINE_ITEM_ID: lineItem, CREATIVE_ID: claims.creative, EXCHANGE: claims.exchange },
    CACHEBUSTER: claims.nonce.toString(36),
  }
  const text = template.replace(/\$\{(\w+)\}/g, (_, name: string) => (Object.hasOwn(values, name) ? values[name]! : '')) // it has
  const page = URL.parse(text)
  if (!page || !/^https?:$/.test(page.protocol)) return null
  page.searchParams.set('fpc', token)
  return page.href
}
