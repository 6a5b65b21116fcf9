/** Opens the bytes of a snapshot as views: nothing is copied, strings are decoded when they are first asked for. */
import { type Columns, readSections, tableOf } from '@flightplan/contract/columns.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import {
  type AttributeMeta,
  LIST_MEMBER,
  type NativeCreative,
  SECTIONS,
  SNAPSHOT_FORMAT,
  type SnapshotMeta,
  TABLES,
  termHash,
} from '@flightplan/contract/snapshot.ts'
import { domainAndParents } from './domain.ts'
import { type ExchangeRules, openExchange } from './exchange.ts'
import { Marks } from './fit/marks.ts'

type Tables = { [T in keyof typeof TABLES]: Columns<(typeof TABLES)[T]> }

export interface Snapshot extends Tables {
  meta: SnapshotMeta
  strings: Strings
  dictionary: Uint32Array
  bounds: Float64Array
  term_lists: Uint32Array
  string_lists: Uint32Array
  programs: Uint32Array
  templates: Uint32Array
  conjunction_line_item: Uint32Array
  postings: Uint32Array
  bitmaps: Uint32Array
  open_blocks: Uint8Array
  /** Index in meta.attributes by instance name. */
  attributeIndex: ReadonlyMap<string, number>
  /** Index of the pseudo-attribute of list members, or -1. */
  listMember: number
  /** Audience terms that a segment id of a request stands for: by provider ('' for any), then by id. */
  audiencesOfSegment: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>
  dealOfTerm: ReadonlyMap<number, SnapshotMeta['deals'][number]>
  exchangeByName: ReadonlyMap<string, ExchangeRules>
  /** Sizes of our banner creatives, each once: what a flex slot is compared with. */
  bannerShapes: readonly { w: number; h: number }[]
  /** Filled as they are asked for, once per thread: native ads by creative, constant parts of answers. */
  natives: Map<number, NativeCreative>
  fixedParts: Map<number, string>
  /** Categories of ours by string id. */
  families: Map<number, Family>
  /** Each advertiser's domain with its parents: what a seller's block is compared with. */
  advertiserDomains: readonly (readonly string[])[]
  /** Why a creative does not fit a slot, why an advertiser is blocked in a request: worked out once for each of them. */
  creativeMarks: Marks<ReasonName | null>
  advertiserMarks: Marks<ReasonName | null>
  section(name: string): ArrayBufferView | undefined
}

/** A category and its ancestors, as ids of one taxonomy. */
export interface Family {
  cattax: number
  ids: readonly string[]
}

/** Strings by id, decoded once per thread. */
export class Strings {
  readonly #bytes: Uint8Array
  readonly #at: Uint32Array
  readonly #decoded: (string | undefined)[] = []
  readonly #utf8 = new TextDecoder()

  constructor(bytes: Uint8Array, at: Uint32Array) {
    this.#bytes = bytes
    this.#at = at
  }

  get(id: number): string {
    const known = this.#decoded[id]
    if (known !== undefined) return known
    // TextDecoder refuses views of shared memory, hence the copy.
    const text = this.#utf8.decode(this.#bytes.slice(this.#at[id], this.#at[id + 1]))
    this.#decoded[id] = text
    return text
  }
}

/** @throws RangeError when the bytes are no snapshot of this format; the loader turns it into a NACK. */
export function openSnapshot(buffer: ArrayBufferLike): Snapshot {
  const sections = readSections(buffer)
  const plain = plainSections(sections)
  const meta = JSON.parse(new TextDecoder().decode(plain.meta.slice())) as SnapshotMeta // written by the compiler, signed
  if (meta.format !== SNAPSHOT_FORMAT)
    throw new RangeError(`snapshot format ${meta.format}; this runtime reads format ${SNAPSHOT_FORMAT}`)
  const tables = openTables(sections)
  return {
    ...tables,
    ...plain,
    bannerShapes: bannerShapes(tables.creative),
    meta,
    strings: new Strings(plain.strings, plain.string_at),
    attributeIndex: new Map(meta.attributes.map((attribute, i) => [attribute.name, i])),
    listMember: meta.attributes.findIndex(attribute => attribute.name === LIST_MEMBER),
    audiencesOfSegment: audiencesOfSegment(meta),
    dealOfTerm: new Map(meta.deals.map(deal => [deal.term, deal])),
    exchangeByName: new Map(meta.exchanges.map(exchange => [exchange.exchange, openExchange(exchange)])),
    natives: new Map(),
    fixedParts: new Map(),
    families: new Map(),
    advertiserDomains: meta.advertisers.map(({ domain }) => domainAndParents(domain)),
    creativeMarks: new Marks<ReasonName | null>(tables.creative.format.length, null),
    advertiserMarks: new Marks<ReasonName | null>(meta.advertisers.length, null),
    section: name => sections.get(name),
  }
}

function openTables(sections: ReadonlyMap<string, ArrayBufferView>): Tables {
  return {
    line_item: tableOf(sections, 'line_item', TABLES.line_item),
    campaign: tableOf(sections, 'campaign', TABLES.campaign),
    segment: tableOf(sections, 'segment', TABLES.segment),
    rotation: tableOf(sections, 'rotation', TABLES.rotation),
    creative: tableOf(sections, 'creative', TABLES.creative),
    term: tableOf(sections, 'term', TABLES.term),
  }
}

/** From the creatives, at most one pass: sizes are few. */
function bannerShapes({ format, w, h }: Tables['creative']): { w: number; h: number }[] {
  const seen = new Map<number, { w: number; h: number }>()
  for (let i = 0; i < format.length; i++) if (format[i] === 0) seen.set(w[i]! * 65_536 + h[i]!, { w: w[i]!, h: h[i]! })
  return [...seen.values()]
}

type Plain = Columns<typeof SECTIONS>

function plainSections(sections: ReadonlyMap<string, ArrayBufferView>): Plain {
  const out: Record<string, ArrayBufferView> = {}
  for (const name of Object.keys(SECTIONS)) {
    const view = sections.get(name)
    if (!view) throw new RangeError(`snapshot has no section ${name}`)
    out[name] = view
  }
  return out as Plain // every name of SECTIONS was found; types are the writer's, covered by the digest
}

/** YAML writes `id` or `provider:id`, and either may hold colons: every way of reading it counts. */
function audiencesOfSegment(meta: SnapshotMeta): Map<string, Map<string, number[]>> {
  const out = new Map<string, Map<string, number[]>>()
  const add = (provider: string, id: string, term: number) => {
    const ids = out.get(provider) ?? new Map<string, number[]>()
    out.set(provider, ids)
    ids.set(id, [...(ids.get(id) ?? []), term])
  }
  for (const { segments, term } of meta.audiences)
    for (const segment of segments) {
      add('', segment, term)
      for (let colon = segment.indexOf(':'); colon > 0; colon = segment.indexOf(':', colon + 1))
        add(segment.slice(0, colon), segment.slice(colon + 1), term)
    }
  return out
}

/** The term of (attribute, value), or -1 when no line item asks about it. */
export function termOf(snapshot: Snapshot, attribute: number, value: string): number {
  const { dictionary, term, strings } = snapshot
  const meta = snapshot.meta.attributes[attribute]! // attribute comes from attributeIndex
  const mask = dictionary.length - 1
  let slot = termHash(attribute, value) & mask
  while (true) {
    const entry = dictionary[slot]! // slot is masked
    if (entry === 0) return -1
    const found = entry - 1
    const mine = found >= meta.first_term && found < meta.first_term + meta.terms
    if (mine && strings.get(term.value_str[found]!) === value) return found
    slot = (slot + 1) & mask
  }
}

/** The term of the piece of an interval attribute that `x` lies in. */
export function pieceOf(snapshot: Snapshot, attribute: AttributeMeta, x: number): number {
  const { bounds } = snapshot
  let low = attribute.bounds_at
  let high = attribute.bounds_at + attribute.bounds_n
  while (low < high) {
    const middle = (low + high) >>> 1
    if (bounds[middle]! <= x) low = middle + 1
    else high = middle
  }
  return attribute.first_term + (low - attribute.bounds_at)
}
