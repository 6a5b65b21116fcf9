/**
 * The request policy as an OPA bundle, for stock OPA beside the bidder: other services ask the very policy that bids are
 * judged by, and OPA's status and decision logs name the release (`revision`).
 *
 * It is sealed like manifest.sig, outside of the release digest, because its revision is that digest and its signature
 * depends on the key. Format: OPA docs, "Bundle File Format" and "Signature Format".
 */
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { SourceFile } from '../load.ts'

export const BUNDLE_FILE = 'bundle.tar.gz'
/** Every package of the policy lies below it; OPA lets no other bundle own it then. */
const ROOTS = ['flightplan']
const FOLDER = 'policies/request/'
const IN_BUNDLE = /^policies\/request\/(?:compiled\/entrypoint|[^/]+(?<!_test))\.rego$/

/** Rego of the request policy by its name in a bundle, sorted; empty where the tree has none. */
export function policySources(side: ReadonlyMap<string, SourceFile>): Map<string, Uint8Array> {
  const found = [...side].filter(([path]) => IN_BUNDLE.test(path))
  return new Map(found.map(([path, { bytes }]) => [`request/${path.slice(FOLDER.length)}`, bytes]))
}

/**
 * The bytes of bundle.tar.gz: equal for equal input, Ed25519 signatures are too.
 * @param privateKey PEM; null: without signature, and an OPA that is given a key refuses it
 */
export function opaBundle(
  sources: ReadonlyMap<string, Uint8Array>,
  revision: string,
  privateKey: string | null,
): Uint8Array {
  const manifest = { revision, roots: ROOTS, rego_version: 1 }
  const files = new Map([['.manifest', bytesOf(canonical(manifest))], ...sources])
  if (privateKey !== null) files.set('.signatures.json', bytesOf(signaturesOf(files, privateKey)))
  return gzipSync(tar([...files].sort(([a], [b]) => (a < b ? -1 : 1))), { level: 9 })
}

/** Rego is hashed as it is; JSON as OPA writes it, keys sorted and without blanks, which is how `.manifest` is written. */
function signaturesOf(files: ReadonlyMap<string, Uint8Array>, privateKey: string): string {
  const listed = Array.from(files, ([name, bytes]) => ({ name, hash: sha256(bytes), algorithm: 'SHA-256' }))
  const token = [{ alg: 'EdDSA', typ: 'JWT' }, { files: listed }].map(part => base64url(JSON.stringify(part))).join('.')
  const signature = sign(null, Buffer.from(token), createPrivateKey(privateKey))
  return JSON.stringify({ signatures: [`${token}.${signature.toString('base64url')}`] })
}

const canonical = (value: Record<string, unknown>): string => JSON.stringify(value, Object.keys(value).sort())
const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const BLOCK = 512
/** ustar (POSIX 1003.1): a header of 512 bytes and the padded content for each file, two empty blocks at the end. */
function tar(files: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts = files.flatMap(([name, bytes]) => {
    const padding = (BLOCK - (bytes.length % BLOCK)) % BLOCK
    return [header(name, bytes.length), bytes, new Uint8Array(padding)]
  })
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)])
}

/** Owner, group and time are 0, whoever builds it and whenever. */
function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  const put = (at: number, text: string) => block.write(text, at, 'latin1')
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  put(0, name)
  put(100, octal(0o644, 7))
  put(108, octal(0, 7))
  put(116, octal(0, 7))
  put(124, octal(size, 11))
  put(136, octal(0, 11))
  put(148, ' '.repeat(8)) // the checksum counts as blanks
  put(156, '0')
  put(257, 'ustar\0')
  put(263, '00')
  put(
    148,
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
  )
  return block
}
