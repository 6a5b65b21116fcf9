/** `secret://alpha/e_key` → the environment's `SECRET_ALPHA_E_KEY`, else the file `alpha/e_key` under SECRETS_DIR. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'

/** The value of a reference, or null when it is missing, empty or no reference at all. Never throws. */
export type Secrets = (reference: string) => string | null

/** As the schema has it (contract/schema/exchange.ts): no `.`, so no reference leads out of the directory. */
const REFERENCE = /^secret:\/\/([a-z0-9_-]+(?:\/[a-z0-9_-]+)+)$/

export function openSecrets(environment: Readonly<Record<string, string | undefined>>, dir: string | null): Secrets {
  return reference => {
    const path = REFERENCE.exec(reference)?.[1]
    if (path === undefined) return null
    const value = environment[variableOf(path)] ?? (dir === null ? undefined : readSecret(join(dir, path)))
    return value === undefined || value === '' ? null : value
  }
}

const variableOf = (path: string): string => `SECRET_${path.replace(/[/-]/g, '_').toUpperCase()}`

/** The line break that editors and `echo` leave at the end is not part of the secret. */
function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return undefined // absent or unreadable: both mean that the exchange does not bid
  }
}

/** The references of an exchange that have no value. With any, it must not bid: its prices could not be read. */
export function missingSecrets(exchange: Exchange, secrets: Secrets): string[] {
  const keys = exchange.price.keys
  return keys ? [keys.encryption, keys.integrity].filter(reference => secrets(reference) === null) : []
}
