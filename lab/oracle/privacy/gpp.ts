/** IAB GPP: the header that lists sections, and the opt-outs of the US sections. */
import { Bits, Unreadable } from './bits.ts'

const GPP_TYPE = 3

/** Section id → its text. @returns null when the header is none, or lists other sections than there are. */
export function readGpp(gpp: string): Map<number, string> | null {
  try {
    const [header = '', ...sections] = gpp.split('~')
    const bits = new Bits(header)
    if (bits.take(6) !== GPP_TYPE || bits.take(6) !== 1) return null
    const ids: number[] = []
    for (let entries = bits.take(12); entries > 0; entries--) {
      const isRange = bits.take(1) === 1
      const start = (ids.at(-1) ?? 0) + bits.fibonacci()
      const end = isRange ? start + bits.fibonacci() : start
      if (end > 4095) return null
      for (let id = start; id <= end; id++) ids.push(id)
    }
    return ids.length === sections.length ? new Map(ids.map((id, i) => [id, sections[i] ?? ''])) : null
  } catch (fault) {
    if (fault instanceof Unreadable) return null
    throw fault
  }
}

/** Where a section keeps its opt-outs (of sale, sharing, targeted advertising), counted in 2-bit fields after the version. */
const OPT_OUTS: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [7, [6, 7, 8]], // national
  [8, [3, 4]], // California: sale, sharing
  [11, [4, 5]], // Utah: one more notice comes first
  [18, [4, 5]], // Iowa: the same
  ...[9, 10, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27].map(id => [id, [3, 4]] as const),
])
export const isUsSection = (id: number): boolean => OPT_OUTS.has(id)

export interface UsChoice {
  /** Opted out of sale, sharing or targeted advertising. */
  optOut: boolean
  gpc: boolean
}

/** @returns null when the text is no such section. */
export function readUsSection(id: number, section: string): UsChoice | null {
  const fields = OPT_OUTS.get(id)
  if (!fields) return null
  try {
    const [core = '', ...segments] = section.split('.')
    const bits = new Bits(core)
    bits.take(6) // version
    const choices = Array.from({ length: Math.max(...fields) + 1 }, () => bits.take(2))
    const gpc = segments.some(segment => {
      const sub = new Bits(segment)
      return sub.take(2) === 1 && sub.take(1) === 1
    })
    return { optOut: fields.some(at => choices[at] === 1), gpc }
  } catch (fault) {
    if (fault instanceof Unreadable) return null
    throw fault
  }
}
