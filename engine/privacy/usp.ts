/** A US Privacy string, version 1. `-` means not applicable. */
export interface UspConsent {
  /** False for `1---`: the publisher says that the law does not apply. */
  readonly applies: boolean
  readonly notice: UspAnswer
  readonly optOutSale: UspAnswer
  readonly lspaCovered: UspAnswer
}

export type UspAnswer = 'Y' | 'N' | '-'

/** Upper case only, as every exchange checks it. */
const FORMAT = /^1[YN-]{3}$/

/** Decodes `regs.us_privacy` or GPP section 6; null when it is not `1[YN-]{3}`. Source: IAB US Privacy String v1. */
export function decodeUsp(text: string): UspConsent | null {
  if (!FORMAT.test(text)) return null
  const [, notice, optOutSale, lspaCovered] = text as unknown as [string, UspAnswer, UspAnswer, UspAnswer] // per FORMAT
  return { applies: text !== '1---', notice, optOutSale, lspaCovered }
}
