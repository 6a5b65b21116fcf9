/** A small world whose releases can be told apart by what they bid: each has a price of its own. */
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { sourceFile } from '@flightplan/compiler/load.ts'
import type { Release } from '@flightplan/compiler/release.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import type { Signing } from '@flightplan/runtime/publish/channel.ts'
import { formatTrustedKey, keyIdOf } from '@flightplan/runtime/release/keys.ts'
import type { ReleaseParts } from '@flightplan/runtime/store/port.ts'

export const POLICIES = join(import.meta.dirname, '../../policies/request')
const keys = generateKeyPairSync('ed25519')
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const keyId = keyIdOf(keys.publicKey)

export const SIGNING: Signing = { privateKey, trusted: new Map([[keyId, keys.publicKey]]) }
/** For FLIGHT_TRUSTED_KEYS. */
export const TRUSTED_TEXT = formatTrustedKey(keyId, keys.publicKey)
/** For TOKEN_KEY: the tokens in bids tell which release made them. */
export const TOKEN_TEXT = 'a key of the test fleet only'
export const TOKEN_KEY = createSecretKey(Buffer.from(TOKEN_TEXT))

/** Lines that the request below does not match, so that a snapshot is no trifle. */
const OTHER_LINES = 400

const linesOf = (cpm: string, where: string): string => `  broad:
    bid: {cpm: ${cpm}}
    creatives: {acme-300x250: 1}${where && `\n    where: ${where}`}
${Array.from({ length: OTHER_LINES }, (_, i) => `  other-${i}: {bid: {cpm: ${(1 + i / 100).toFixed(2)}}, creatives: {acme-300x250: 1}, where: {geo: {country: [AT], zip: ["AT:${1000 + i}"]}}}`).join('\n')}`

const yamlOf = (lines: string): Record<string, string> => ({
  'flightplan.yaml': 'flightplan: 1\nvendor_id: 9999\nplanning_rates: {USD: "1"}\n',
  'exchanges/alpha.yaml': `exchange: alpha
status: live
default_seat: "5371"
currencies: {request: [USD], bid: USD}
price: {codec: plain, unit: cpm}
notices: {bill_on: {banner: pixel, video: vast_impression, native: imptracker, audio: vast_impression}}
`,
  'campaigns/acme/advertiser.yaml':
    'advertiser: acme\nname: Acme\ndomain: acme.example\ncategories: [IAB18-5, "2.2:473", "3.1:473"]\n',
  'campaigns/acme/order.yaml': 'order: IO-1\nadvertiser: acme\ncurrency: USD\nsigned: {amount: 50000}\n',
  'campaigns/acme/creative.yaml': `creative: acme-300x250
advertiser: acme
format: {banner: {size: 300x250, type: image, image: "https://cdn.acme.example/a.png"}}
landing_page: https://www.acme.example/
`,
  'campaigns/acme/campaign.yaml': `campaign: spring
order: IO-1
flight: {start: "2020-01-01 00:00", end: "2099-12-31 23:59", timezone: Europe/Berlin}
budget: {total: 40000}
line_items:
${lines}
`,
})

/** CPM of the nth release. */
export const priceOf = (n: number): number => (500 + n) / 100

export interface Variant {
  /** What the line that bids targets, as flow YAML. */
  where?: string
  cpm?: number
  /** YAML of all line items, in place of those of this world. */
  lines?: string
  /** A folder in place of policies/request. */
  policies?: string
}

/** The nth release, signed. @throws Error where this world does not compile any more */
export async function buildRelease(
  n: number,
  { where = '', cpm = priceOf(n), lines = linesOf(cpm.toFixed(2), where), policies = POLICIES }: Variant = {},
): Promise<Release> {
  const yaml = Object.entries(yamlOf(lines)).map(([path, text]) => sourceFile(path, text))
  const { release, diagnostics } = await compileTree(
    { yaml, side: policyFiles(policies), diagnostics: [] },
    {
      now_ms: Date.UTC(2027, 0, 1, 0, n),
      sign: privateKey,
      openPolicy: (wasm, meta) =>
        loadPolicy(wasm, meta, {
          fault: text => {
            throw new Error(text)
          },
        }),
    },
  )
  if (!release) throw new Error(`the fleet's world does not compile: ${JSON.stringify(diagnostics.slice(0, 3))}`)
  return release
}

function policyFiles(folder: string) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const files = names.map(entry => {
    const path = join(entry.parentPath, entry.name)
    return sourceFile(`policies/request${path.slice(folder.length)}`, readFileSync(path))
  })
  return new Map(files.map(file => [file.path, file]))
}

export function partsOf({ digest, files, manifest }: Release): ReleaseParts {
  const file = (name: string): Uint8Array => files.get(name) ?? new Uint8Array()
  return {
    ...{ digest, manifest: file('manifest.json'), signature: file('manifest.sig'), bundle: file('bundle.tar.gz') },
    files: new Map(Object.keys(manifest.files).map(name => [name, file(name)] as const)),
  }
}

/** Four banner imps: one answer with four bids, so that an answer could mix releases if anything could. */
export const REQUEST = JSON.stringify({
  ...{ id: 'r-1', at: 1, cur: ['USD'], test: 1, regs: { gdpr: 0 } },
  imp: ['1', '2', '3', '4'].map(id => ({ id, bidfloor: 0.5, banner: { format: [{ w: 300, h: 250 }] } })),
  site: { id: 's', domain: 'news.example', page: 'https://news.example/a', publisher: { id: 'p' } },
  device: { ua: 'Mozilla/5.0 (X11; Linux x86_64)', ip: '192.0.2.9', geo: { country: 'DEU' } },
})
