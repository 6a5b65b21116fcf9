/** The files of a release, read within bounds and checked against the manifest. What was hashed is what is used. */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, RELEASE_FORMAT } from '@flightplan/contract/release.ts'
import { checkSignature, type TrustedKeys } from './keys.ts'
import { Refused } from './refusal.ts'

/** Of this runtime, for `min_runtime`. */
export const RUNTIME_VERSION = '0.1.0'

const MAX_MANIFEST_BYTES = 1024 * 1024
const MAX_SIGNATURE_BYTES = 1024
const MAX_FILES = 1000
/** A plain name, or one folder and a name: `models/ctr-display.onnx`. Never `..` or a leading dot. */
const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)?$/

/** Digest → signature → format, before anything else of the release is looked at. @throws Refused */
export async function readManifest(dir: string, digest: string, trusted: TrustedKeys): Promise<Manifest> {
  const bytes = await readFile(dir, 'manifest.json', MAX_MANIFEST_BYTES, 'malformed_manifest')
  const signature = await readFile(dir, 'manifest.sig', MAX_SIGNATURE_BYTES, 'wrong_signature')
  const found = sha256(bytes)
  if (found !== digest)
    throw new Refused('wrong_digest', `manifest.json has sha256 ${found}, the channel says ${digest}`)
  checkSignature(bytes, Buffer.from(signature).toString('latin1'), trusted)
  return checkManifest(parseJson(bytes))
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw new Refused('malformed_manifest', 'manifest.json is not JSON')
  }
}

/** Format first: the rest of a later format may look different. */
function checkManifest(value: unknown): Manifest {
  const manifest = value as Manifest | null // signed by a key that we trust; what is used is checked here
  if (typeof manifest?.format !== 'number' || typeof manifest.files !== 'object' || manifest.files === null)
    throw new Refused('malformed_manifest', 'manifest.json has no format or no files')
  if (manifest.format !== RELEASE_FORMAT)
    throw new Refused('future_format', `release format ${manifest.format}; this runtime reads ${RELEASE_FORMAT}`)
  if (isNewer(String(manifest.min_runtime), RUNTIME_VERSION))
    throw new Refused('runtime_too_old', `needs runtime ${manifest.min_runtime}; this one is ${RUNTIME_VERSION}`)
  const files = Object.entries(manifest.files)
  const isSound = ([name, file]: (typeof files)[number]) =>
    FILE_NAME.test(name) && Number.isSafeInteger(file?.bytes) && file.bytes >= 0 && typeof file.sha256 === 'string'
  const bad = files.length > MAX_FILES ? `${MAX_FILES + 1}th file` : files.find(file => !isSound(file))?.[0]
  if (bad !== undefined) throw new Refused('malformed_manifest', `manifest.json lists ${JSON.stringify(bad)} wrongly`)
  return manifest
}

function isNewer(wanted: string, own: string): boolean {
  const [a, b] = [wanted.split('.').map(Number), own.split('.').map(Number)]
  const at = [0, 1, 2].find(i => (a[i] ?? 0) !== (b[i] ?? 0))
  return at !== undefined && (a[at] ?? 0) > (b[at] ?? 0)
}

/** The bytes of every file that the manifest lists, in shared memory. @throws Refused */
export async function readFiles(
  dir: string,
  manifest: Manifest,
  budget_bytes: number,
): Promise<Map<string, Uint8Array>> {
  const files = Object.entries(manifest.files)
  const total = files.reduce((sum, [, { bytes }]) => sum + bytes, 0)
  if (total > budget_bytes)
    throw new Refused('size_over_budget', `the release has ${total} bytes, ${budget_bytes} are allowed`)
  const out = new Map<string, Uint8Array>()
  for (const [name, { sha256: wanted, bytes: size }] of files) {
    const bytes = await readFile(dir, name, size, 'flipped_byte')
    if (bytes.length !== size) throw new Refused('flipped_byte', `${name} has ${bytes.length} bytes instead of ${size}`)
    if (sha256(bytes) !== wanted) throw new Refused('flipped_byte', `${name} does not have the sha256 of the manifest`)
    out.set(name, bytes)
  }
  return out
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Into shared memory, so that serving threads look at the very bytes that were checked. Never reads beyond `max_bytes`. */
async function readFile(
  dir: string,
  name: string,
  max_bytes: number,
  tooLong: 'malformed_manifest' | 'flipped_byte' | 'wrong_signature',
) {
  let file: FileHandle | undefined
  try {
    file = await open(join(dir, name)).catch(error => {
      throw new Refused('missing_file', `${name} cannot be read: ${(error as NodeJS.ErrnoException).code}`) // fs errors have it
    })
    const stat = await file.stat()
    if (!stat.isFile()) throw new Refused('missing_file', `${name} is no file`)
    if (stat.size > max_bytes)
      throw new Refused(tooLong, `${name} has ${stat.size} bytes instead of at most ${max_bytes}`)
    return await fill(file, new Uint8Array(new SharedArrayBuffer(stat.size)))
  } finally {
    await file?.close()
  }
}

async function fill(file: FileHandle, bytes: Uint8Array): Promise<Uint8Array> {
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, 1 << 30), at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}
