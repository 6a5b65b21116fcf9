import { BitReader } from './bits.ts'
import { US_NATIONAL_LONG_V1, US_NATIONAL_SHORT, US_SECTIONS, type UsSection } from './gpp-us-fields.ts'
import { segmentEnd } from './tcf.ts'

/** 0 not applicable, 1 opted out, 2 did not opt out; null: the section has no such choice. */
export type UsOptOut = 0 | 1 | 2 | null

/** What one US section says. */
export interface UsConsent {
  readonly sectionId: number
  /** As written. Live strings carry numbers that no edition defines; the fields still read as the known layout. */
  readonly version: number
  readonly saleOptOut: UsOptOut
  readonly sharingOptOut: UsOptOut
  readonly targetedAdvertisingOptOut: UsOptOut
  /** Bit n - 1: processing of the section's sensitive data category n is opted out of, or has no consent. */
  readonly sensitiveDenied: number
  /** Bit n - 1: the n-th choice about a known child is denied (opted out of, or no consent). */
  readonly knownChildDenied: number
  /** Global Privacy Control; false when the section does not carry it. */
  readonly gpc: boolean
}

/** A field list with the place of each field, made once at load. */
interface Layout {
  readonly section: UsSection
  readonly length: number
  readonly places: ReadonlyMap<string, { readonly at: number; readonly length: number }>
}

/** The version and every Int(2) value of a core segment in wire order. */
export interface UsCore {
  readonly version: number
  readonly values: readonly number[]
  readonly layout: Layout
}

const NATIONAL_SHORT = layoutOf(US_NATIONAL_SHORT)
const NATIONAL_LONG_V1 = layoutOf(US_NATIONAL_LONG_V1)
const LAYOUTS = new Map(US_SECTIONS.map(section => [section.id, layoutOf(section)]))
const TYPED_GPC = 1
const SENSITIVE_CATEGORIES = 8

/**
 * Decodes one US section (ids 7 to 27). Null = not such a section, bits missing, or a value 3, which no field defines.
 * Source: GPP repository, Sections/US-National and Sections/US-States.
 */
export function decodeUsSection(text: string, sectionId: number): UsConsent | null {
  const core = readUsCore(text, sectionId)
  if (core === null) return null
  const trailing = readTrailing(text, core.layout.section)
  if (trailing === null) return null
  return {
    sectionId,
    version: core.version,
    saleOptOut: choice(core, 'SaleOptOut'),
    sharingOptOut: choice(core, 'SharingOptOut'),
    targetedAdvertisingOptOut: choice(core, 'TargetedAdvertisingOptOut'),
    sensitiveDenied: denied(core, 'SensitiveDataProcessing') | trailing.sensitiveDenied,
    knownChildDenied: denied(core, 'KnownChildSensitiveDataConsents'),
    gpc: trailing.gpc,
  }
}

/** The core segment as values in wire order; null as `decodeUsSection`. */
export function readUsCore(text: string, sectionId: number): UsCore | null {
  const known = LAYOUTS.get(sectionId)
  if (known === undefined) return null
  const bits = new BitReader(text, 0, segmentEnd(text, 0))
  const version = bits.read(6)
  // Ids 24 and above also specify a leading header segment that starts with the section id. No known encoder writes
  // it, and its range cannot express the core's own id 0, so it is refused rather than read as choices.
  if (sectionId >= 24 && version === sectionId) return null
  const layout = sectionId === US_NATIONAL_SHORT.id ? nationalLayout(bits, version, known) : known
  const values = readPairs(bits, layout.length)
  return values === null ? null : { version, values, layout }
}

/** The short layout is written as 60 or 66 bits, the long one as 72. */
function nationalLayout(bits: BitReader, version: number, long: Layout): Layout {
  if (bits.left < long.length * 2) return NATIONAL_SHORT
  return version === 1 ? NATIONAL_LONG_V1 : long
}

function readPairs(bits: BitReader, count: number): number[] | null {
  const values: number[] = []
  for (let at = 0; at < count; at++) {
    const value = bits.read(2)
    if (value === 3) return null
    values.push(value)
  }
  return bits.failed ? null : values
}

function readTrailing(text: string, section: UsSection): { gpc: boolean; sensitiveDenied: number } | null {
  let gpc = false
  let sensitiveDenied = 0
  for (let from = segmentEnd(text, 0) + 1; from <= text.length; ) {
    const to = segmentEnd(text, from)
    const bits = new BitReader(text, from, to)
    if (section.trailing === 'sensitive') {
      const values = readPairs(bits, SENSITIVE_CATEGORIES)
      if (values === null) return null
      sensitiveDenied |= deniedMask(values, 0, values.length)
    } else if (bits.read(2) === TYPED_GPC && bits.flag()) gpc = true
    if (bits.failed) return null
    from = to + 1
  }
  return { gpc, sensitiveDenied }
}

function choice(core: UsCore, field: string): UsOptOut {
  const place = core.layout.places.get(field)
  return place === undefined ? null : (core.values[place.at] as 0 | 1 | 2) // readPairs refuses 3
}

function denied(core: UsCore, field: string): number {
  const place = core.layout.places.get(field)
  return place === undefined ? 0 : deniedMask(core.values, place.at, place.length)
}

/** In opt-out and in consent fields alike, 1 is the refusal. */
function deniedMask(values: readonly number[], at: number, length: number): number {
  let mask = 0
  for (let index = 0; index < length; index++) if (values[at + index] === 1) mask |= 1 << index
  return mask
}

function layoutOf(section: UsSection): Layout {
  const places = new Map<string, { at: number; length: number }>()
  let at = 0
  for (const field of section.core.trim().split(/\s+/)) {
    const [name = '', count = '1'] = field.split(':')
    places.set(name, { at, length: Number(count) })
    at += Number(count)
  }
  return { section, length: at, places }
}
