import { BitWriter } from './bits.ts'

/** Three-valued answers of the US sections: 0 not applicable, 1 opted out, 2 did not opt out. */
export type UsOptOut = 0 | 1 | 2
export type UsNatChoice = { sale: UsOptOut; sharing: UsOptOut; targeted: UsOptOut; gpc: boolean }

export const USNAT_SECTION = 7
// Type 3, version 1, one range entry: "single id", Fibonacci code of 7 = 5 + 2. A header of one section never changes.
const HEADER = 'DBABLA'
const SENSITIVE_KINDS = 12

/** A GPP string with the one section usnat (version 1) and its GPC sub-section (IAB GPP, "US National"). */
export function encodeUsNat(choice: UsNatChoice): string {
  const core = new BitWriter()
  core.write(1, 6)
  for (let notice = 0; notice < 6; notice++) core.write(1, 2) // every notice was given
  for (const optOut of [choice.sale, choice.sharing, choice.targeted]) core.write(optOut, 2)
  for (let kind = 0; kind < SENSITIVE_KINDS; kind++) core.write(0, 2)
  core.write(0, 4) // no known child
  core.write(0, 2)
  core.write(2, 2) // not an MSPA transaction
  core.write(0, 4)
  const gpc = new BitWriter()
  gpc.write(1, 2)
  gpc.write(choice.gpc ? 1 : 0, 1)
  return `${HEADER}~${core.base64url(8)}.${gpc.base64url(8)}`
}
