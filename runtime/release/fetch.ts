/**
 * A release from the stores to a directory that the loader can verify. What the last good release already has is taken
 * from there, what changed comes as a delta where there is one, else whole. All of it is bounded by the signed
 * manifest, which is checked first; each file must have the sha256 that it states.
 */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Manifest } from '@flightplan/contract/release.ts'
import type { ReleaseSource } from '../store/port.ts'
import { maxPackedBytes, patch, unpack } from './delta.ts'
import { readManifest, sha256 } from './files.ts'
import type { TrustedKeys } from './keys.ts'
import { Refused, refusalOf } from './refusal.ts'
import { readPointer } from './watch.ts'

export interface FetchOptions {
  channel: string
  /** In the order in which they are asked. */
  sources: readonly ReleaseSource[]
  stateDir: string
  trusted: TrustedKeys
  budget_bytes: number
}

export interface Fetched {
  dir: string
  /** Sent by the stores: packed files and deltas. */
  fetched_bytes: number
  /** Files that came as a delta. */
  deltas: number
}

const incomingOf = (stateDir: string): string => join(stateDir, 'incoming')

/** Into `<stateDir>/incoming/<digest>`. @throws Refused; `not_fetched` when trying again may help */
export async function fetchRelease(digest: string, options: FetchOptions): Promise<Fetched> {
  const dir = join(incomingOf(options.stateDir), digest)
  await rm(incomingOf(options.stateDir), { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const manifest = await fetchManifest(dir, digest, options)
  const total = Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0)
  if (total > options.budget_bytes)
    throw new Refused('size_over_budget', `the release has ${total} bytes, ${options.budget_bytes} are allowed`)
  const fetched: Fetched = { dir, fetched_bytes: 0, deltas: 0 }
  const base = await openBase(options.stateDir)
  for (const [name, file] of Object.entries(manifest.files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    const held = await heldBytes(name, base)
    const isHeld = held !== null && isRight(held, file)
    if (isHeld && base && (await isLinked(join(base.dir, name), join(dir, name)))) continue
    await writeFile(join(dir, name), isHeld ? held : await sentBytes(name, file, base, held, options, fetched))
  }
  return fetched
}

export const dropIncoming = (stateDir: string): Promise<void> =>
  rm(incomingOf(stateDir), { recursive: true, force: true })

/** From the first store whose manifest has the digest and a signature that we trust. */
async function fetchManifest(dir: string, digest: string, options: FetchOptions): Promise<Manifest> {
  const why: Refused[] = []
  for (const source of options.sources) {
    try {
      const sealed = await source.manifest(options.channel, digest)
      if (!sealed) continue
      await writeFile(join(dir, 'manifest.json'), sealed.manifest)
      await writeFile(join(dir, 'manifest.sig'), sealed.signature)
      return await readManifest(dir, digest, options.trusted)
    } catch (error) {
      const { code, text } = refusalOf(error, 'not_fetched')
      why.push(new Refused(code, `${source.name}: ${text}`))
    }
  }
  throw why.find(({ code }) => code !== 'not_fetched') ?? notFetched(`release ${digest}`, why)
}

const notFetched = (what: string, why: readonly Error[]): Refused =>
  new Refused('not_fetched', [`no store gave ${what}`, ...why.map(({ message }) => message)].join('; '))

/** The release on disk that deltas start from. Not verified here: what comes of it is. */
interface Base {
  dir: string
  files: Manifest['files']
}

async function openBase(stateDir: string): Promise<Base | null> {
  const pointer = readPointer(stateDir)
  if (!pointer) return null
  try {
    const { files } = JSON.parse(await readFile(join(pointer.dir, 'manifest.json'), 'utf8')) as Manifest // used as hints
    return { dir: pointer.dir, files: files ?? {} }
  } catch {
    return null
  }
}

type File = Manifest['files'][string]

const isRight = (bytes: Uint8Array, file: File): boolean => bytes.length === file.bytes && sha256(bytes) === file.sha256

/** What the base has under this name, whatever it is. */
async function heldBytes(name: string, base: Base | null): Promise<Uint8Array | null> {
  return base?.files[name] ? readFile(join(base.dir, name)).catch(() => null) : null
}

/** Releases never change, so two may share a file. False where the file system has no links. */
const isLinked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    () => false,
  )

/** @param held of the base, for a delta */
async function sentBytes(
  name: string,
  file: File,
  base: Base | null,
  held: Uint8Array | null,
  options: FetchOptions,
  fetched: Fetched,
): Promise<Uint8Array> {
  const old = base?.files[name]
  const why: Error[] = []
  const max_bytes = maxPackedBytes(file.bytes)
  const ask = async (
    get: (source: ReleaseSource) => Promise<Uint8Array | null>,
    open: (sent: Uint8Array) => Uint8Array,
  ): Promise<Uint8Array | null> => {
    for (const source of options.sources) {
      try {
        const sent = await get(source)
        const bytes = sent && open(sent)
        fetched.fetched_bytes += sent?.length ?? 0
        if (bytes && isRight(bytes, file)) return bytes
        if (bytes) why.push(new Error(`${source.name}: ${name} has another sha256`))
      } catch (error) {
        why.push(new Error(`${source.name}: ${error instanceof Error ? error.message : String(error)}`))
      }
    }
    return null
  }
  const { channel } = options
  if (held && old) {
    const delta = (source: ReleaseSource) => source.delta(channel, old.sha256, file.sha256, max_bytes)
    const patched = await ask(delta, sent => patch(held, sent, file.bytes))
    if (patched) fetched.deltas++
    if (patched) return patched
  }
  const whole = await ask(
    source => source.blob(channel, file.sha256, max_bytes),
    sent => unpack(sent, file.bytes),
  )
  if (!whole) throw notFetched(`${name} (${file.sha256})`, why)
  return whole
}
