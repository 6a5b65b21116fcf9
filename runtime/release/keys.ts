/** The public keys that a runtime trusts. They come from the environment, never from the repository or a release. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { Refused } from './refusal.ts'

/** Ed25519 public keys by key id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>

/** What a signer calls its key: the first 16 hex digits of the sha256 of the public key in SPKI DER. */
export const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)

/** `<key id>:<base64 of SPKI DER>`, as FLIGHT_TRUSTED_KEYS holds it, several parted by blanks or commas. */
export const formatTrustedKey = (id: string, key: KeyObject): string =>
  `${id}:${key.export({ type: 'spki', format: 'der' }).toString('base64')}`

/** @throws RangeError naming the entry that is no Ed25519 public key. */
export function parseTrustedKeys(text: string): TrustedKeys {
  const keys = new Map<string, KeyObject>()
  for (const [i, entry] of text
    .split(/[\s,]+/)
    .filter(Boolean)
    .entries()) {
    const [, id = '', base64 = ''] = /^([^:]+):([A-Za-z0-9+/=]+)$/.exec(entry) ?? []
    const key = readPublicKey(base64)
    if (!key) throw new RangeError(`entry ${i + 1} is not <key id>:<base64 of an Ed25519 public key in SPKI DER>`)
    keys.set(id, key)
  }
  return keys
}

function readPublicKey(base64: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}

/** `manifest.sig` is `<key id> <base64>\n`. @throws Refused unknown_key, wrong_signature */
export function checkSignature(manifest: Uint8Array, line: string, trusted: TrustedKeys): void {
  const [, id = '', base64 = ''] = /^(\S{1,128}) ([A-Za-z0-9+/=]{1,512})\n?$/.exec(line) ?? []
  if (id === '') throw new Refused('wrong_signature', 'manifest.sig is not `<key id> <base64>`')
  const key = trusted.get(id)
  if (!key) throw new Refused('unknown_key', `manifest.sig is by key ${id}, which is not trusted here`)
  if (!verify(null, manifest, key, Buffer.from(base64, 'base64')))
    throw new Refused('wrong_signature', `manifest.sig is not the signature of manifest.json by key ${id}`)
}
