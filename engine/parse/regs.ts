import type { Regs } from '../auction.ts'
import { answer, flag, integers, isObject, type Json, NO_LIST, object, within } from './json.ts'

/** As many as privacy/gpp.ts decodes; a longer list is refused there, not cut, so one more is kept to show it. */
const MAX_SECTIONS = 65

/** Privacy signals, in their 2.6 place or, where that is empty, the 2.5 one (openrtb.md §8, §10). */
export function parseRegs(body: Json): Regs {
  const regs = object(body['regs'])
  const ext = object(regs['ext'])
  const user = object(body['user'])
  return {
    coppa: flag(regs['coppa']) || flag(ext['coppa']),
    gdpr: answer(regs['gdpr']) ?? answer(ext['gdpr']),
    tcf: consent(user['consent']) || consent(object(user['ext'])['consent']),
    us_privacy: consent(regs['us_privacy']) || consent(ext['us_privacy']),
    gpp: consent(regs['gpp']) || consent(ext['gpp']),
    gpp_sid: sections(regs['gpp_sid']) ?? sections(ext['gpp_sid']) ?? NO_LIST,
    gpc: flag(regs['gpc']) || flag(ext['gpc']),
    dsa: required(regs['dsa']) ?? required(ext['dsa']) ?? required(object(body['ext'])['dsa']),
  }
}

/** Of any length: the decoders bound it, and a string cut short could say something else. */
function consent(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function sections(value: unknown): number[] | null {
  const read = integers(value, MAX_SECTIONS)
  return read.length === 0 ? null : read
}

function required(dsa: unknown): number | null {
  return isObject(dsa) ? within(dsa['dsarequired'], 0, 3) : null
}
