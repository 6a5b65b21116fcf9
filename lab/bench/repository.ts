/** One world on disk: the repository, its two releases (as written, and with one price changed), keys and facts. */
import { generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mintFacts, readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { formatTrustedKey, keyIdOf } from '@flightplan/runtime/release/keys.ts'
import type { EditCost } from './edit-child.ts'
import { type Cost, run } from './run.ts'
import { writeBenchWorld } from './world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CACHE = join(ROOT, 'lab/.cache')

export interface Repository {
  root: string
  /** The channel that the bidder follows, and its last-good directory. */
  channel: string
  state: string
  factsFile: string
  /** For FLIGHT_TRUSTED_KEYS, and its private half in PEM. */
  trusted: string
  privateKey: string
}

export interface Build extends Cost {
  digest: string
  dir: string
  snapshot_bytes: number
  release_bytes: number
  timings_ms: Record<string, number>
}

/** Written anew each time: 100,000 line items take a second, and nothing of an earlier run can make "cold" warm. */
export function writeRepository(lineItems: number): Repository {
  const folder = join(CACHE, `bench-${lineItems}`)
  rmSync(folder, { recursive: true, force: true })
  const root = join(folder, 'repository')
  const channel = join(folder, 'channel')
  const state = join(folder, 'state')
  writeBenchWorld(root, lineItems)
  cpSync(join(ROOT, 'policies'), join(root, 'policies'), { recursive: true })
  mkdirSync(channel)
  const factsFile = join(folder, 'facts.json')
  const { facts, faults } = readFacts(readFileSync(join(ROOT, 'facts/example.json')))
  if (!facts) throw new Error(`facts/example.json: ${faults.map(fault => fault.message).join('; ')}`)
  writeFileSync(factsFile, writeFacts(mintFacts(facts, Date.now())))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const trusted = formatTrustedKey(keyIdOf(publicKey), publicKey)
  return {
    ...{ root, channel, state, factsFile, trusted },
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** `flight build` as anybody would run it: its own process, from start to end. */
export function build({ root, privateKey }: Repository, out: string): Build {
  const now = new Date().toISOString()
  const args = ['build', '--root', root, '--out', out, '--now', now, '--format', 'json']
  const { stdout, ...cost } = run(join(ROOT, 'cli/main.ts'), args, { FLIGHT_SIGNING_KEY: privateKey })
  const { digest, timings_ms } = JSON.parse(stdout) as Pick<Build, 'digest' | 'timings_ms'> // of our own command
  return { ...cost, timings_ms, ...releaseIn(out, digest) }
}

const EDITS = 5

/** One line item of one campaign gets another price while `flight build --watch` waits: the median of five such edits. */
export function buildAfterEdit({ root, privateKey }: Repository, out: string): Build {
  const script = join(ROOT, 'lab/bench/edit-child.ts')
  const { stdout } = run(script, [root, out, `${EDITS}`], { FLIGHT_SIGNING_KEY: privateKey })
  const { digest, ...cost } = JSON.parse(stdout) as EditCost // it prints one
  return { ...cost, ...releaseIn(out, digest) }
}

function releaseIn(out: string, digest: string): Pick<Build, 'digest' | 'dir' | 'snapshot_bytes' | 'release_bytes'> {
  const dir = join(out, digest)
  const { files } = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as {
    files: Record<string, { bytes: number }>
  }
  const release_bytes = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)
  return { digest, dir, release_bytes, snapshot_bytes: statSync(join(dir, 'snapshot.bin')).size }
}

/** Puts a release into the channel; `flip` makes it the current one, in one step. */
export function stage({ channel }: Repository, { dir, digest }: Build): { flip(): void } {
  cpSync(dir, join(channel, digest), { recursive: true })
  const pointer = join(channel, 'current.next')
  writeFileSync(pointer, `${digest}\n`)
  return { flip: () => renameSync(pointer, join(channel, 'current')) }
}
