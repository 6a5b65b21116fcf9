/** Ed25519 over the bytes of the manifest, which names the digest of every other file. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto'

const KEY_ID_CHARS = 16

/** First 16 hex digits of the sha256 of the public key (SPKI, DER): how a runtime finds it among those it trusts. */
export function keyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, KEY_ID_CHARS)
}

/**
 * Text of manifest.sig: `<key id> <base64>\n`.
 * @param privateKey PEM (PKCS#8) of an Ed25519 key
 * @throws TypeError when it is no such key
 */
export function signManifest(manifest: Uint8Array, privateKey: string): string {
  const key = createPrivateKey(privateKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the signing key is no Ed25519 key')
  const signature = signBytes(null, manifest, key).toString('base64')
  return `${keyId(createPublicKey(key))} ${signature}\n`
}
