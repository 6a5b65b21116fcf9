/** The price keys of an exchange: `secret://` paths, and what they are called in a Secret. */
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'

/** `boreal/e_key` of `secret://boreal/e_key`. */
export const keysOf = ({ price: { keys } }: Exchange): string[] =>
  keys ? [keys.encryption, keys.integrity].map(reference => reference.replace('secret://', '')) : []
/** A key of a Secret has no slash; the volume gives it its path again. */
export const keyName = (path: string) => path.replaceAll('/', '.')
