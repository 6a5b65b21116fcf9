import { BitReader } from './bits.ts'
import { decodeUsSection, type UsConsent } from './gpp-us.ts'
import { readFibonacciRange } from './ranges.ts'
import { decodeTcf, MAX_CONSENT_CHARS, type TcfConsent } from './tcf.ts'
import { decodeTcfCanada } from './tcf-canada.ts'
import { decodeUsp, type UspConsent } from './usp.ts'

/** What the sections that apply (`regs.gpp_sid`) say; a section that is not listed is not looked at. */
export interface GppConsent {
  readonly tcfEu: TcfConsent | null
  readonly tcfCanada: TcfConsent | null
  readonly usp: UspConsent | null
  readonly us: readonly UsConsent[]
  /** Listed ids that are missing from the string, malformed or of an unknown framework: the caller fails closed. */
  readonly unreadable: readonly number[]
}

interface Found {
  tcfEu: TcfConsent | null
  tcfCanada: TcfConsent | null
  usp: UspConsent | null
  readonly us: UsConsent[]
}

/** Twice the ids registered today; also bounds what one group in the header may expand to. */
const MAX_SECTIONS = 64
const HEADER_TYPE = 3
const HEADER_VERSION = 1
const TCF_EU = 2
const TCF_CANADA = 5
const USP = 6

/**
 * Decodes a GPP string for one vendor and the listed section ids (0 and -1 are "unknown" and "none", not sections).
 * Null = not a GPP string: bad header, section count unlike the header's, over 16 KB, or more than 64 ids.
 * Source: GPP "Consent String Specification".
 */
export function decodeGpp(text: string, sids: readonly number[], vendorId: number): GppConsent | null {
  if (text.length > MAX_CONSENT_CHARS || sids.length > MAX_SECTIONS) return null
  const sections = readGppSections(text)
  if (sections === null) return null
  const found: Found = { tcfEu: null, tcfCanada: null, usp: null, us: [] }
  const unreadable: number[] = []
  for (const sid of new Set(sids)) {
    if (sid === 0 || sid === -1) continue
    if (!decodeSection(found, sid, sections.get(sid) ?? '', vendorId)) unreadable.push(sid)
  }
  return { ...found, unreadable }
}

/** Decodes one section into its place; false when it cannot be read. */
function decodeSection(found: Found, sid: number, section: string, vendorId: number): boolean {
  if (sid === TCF_EU) {
    found.tcfEu = decodeTcf(section, vendorId)
    return found.tcfEu !== null
  }
  if (sid === TCF_CANADA) {
    found.tcfCanada = decodeTcfCanada(section, vendorId)
    return found.tcfCanada !== null
  }
  if (sid === USP) {
    found.usp = decodeUsp(section)
    return found.usp !== null
  }
  const state = decodeUsSection(section, sid)
  if (state !== null) found.us.push(state)
  return state !== null
}

/** The text of each section by its id; null as `decodeGpp`. */
export function readGppSections(text: string): ReadonlyMap<number, string> | null {
  const headerEnd = sectionEnd(text, 0)
  const ids = readHeader(new BitReader(text, 0, headerEnd))
  if (ids === null) return null
  const sections = new Map<number, string>()
  let from = headerEnd + 1
  for (const id of ids) {
    if (from > text.length) return null
    const to = sectionEnd(text, from)
    sections.set(id, text.slice(from, to))
    from = to + 1
  }
  return from === text.length + 1 ? sections : null
}

function readHeader(bits: BitReader): number[] | null {
  if (bits.read(6) !== HEADER_TYPE || bits.read(6) !== HEADER_VERSION) return null
  const ids: number[] = []
  readFibonacciRange(bits, Number.POSITIVE_INFINITY, (first, last) => {
    if (last - first >= MAX_SECTIONS - ids.length) bits.fail()
    else for (let id = first; id <= last; id++) ids.push(id)
  })
  return bits.failed ? null : ids
}

function sectionEnd(text: string, from: number): number {
  const tilde = text.indexOf('~', from)
  return tilde === -1 ? text.length : tilde
}
