/**
 * `npm start`: compiles the shipped campaigns, serves them, shows what it can do with a short burst of generated traffic,
 * and keeps serving. FLIGHT_DEMO=0 leaves the burst out. Keys, facts and example secrets are made anew at each start.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type CompileResult, compile } from '@flightplan/compiler/compile.ts'
import { mintFacts, readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { formatTrustedKey, keyIdOf } from '@flightplan/runtime/release/keys.ts'
import { openSecrets, type Secrets } from '@flightplan/runtime/secrets.ts'
import { type Config, readConfig } from '@flightplan/runtime/serve/config.ts'
import { type BidServerHandle, startServer } from '@flightplan/runtime/serve/server.ts'
import { runBurst } from './demo.ts'
import { headOf } from './git.ts'
import { openOutput, report } from './output.ts'

const root = resolve(import.meta.dirname, '..')
const output = openOutput(process)
const say = (line: string) => void process.stdout.write(`${line}\n`)

/** Prints the findings and gives null when there is no release. */
async function build(privateKey: string, out: string): Promise<CompileResult | null> {
  const head = headOf(root)
  const result = await compile(root, {
    now_ms: head?.time_ms ?? Date.now(),
    ...(head && { commit: head.commit, tree: head.tree }),
    ...{ sign: privateKey, out, clock: () => performance.now() },
    openPolicy: (wasm, meta) => loadPolicy(wasm, meta, { fault: text => output.progress(`policy: ${text}`) }),
  })
  if (result.diagnostics.length > 0) report(output, result.diagnostics, 'pretty', root)
  return result.release ? result : null
}

function tellBuild({ release, counts, timings_ms }: CompileResult): void {
  const numbers = (of: Record<string, number>, unit: string) =>
    Object.entries(of)
      .map(([name, n]) => `${name.replaceAll('_', ' ')} ${Math.round(n)}${unit}`)
      .join(' · ')
  say(`Compiled ${root}`)
  say(`  release  ${release?.digest}`)
  say(`  counts   ${numbers(counts, '')}`)
  say(`  stages   ${numbers(timings_ms, ' ms')}`)
}

/** The shipped example facts as of now: rates of today, or no bid would be made in another currency. */
function mintExampleFacts(file: string): void {
  const { facts, faults } = readFacts(readFileSync(join(root, 'facts/example.json')))
  if (!facts)
    throw new RangeError(`facts/example.json: ${faults.map(fault => `${fault.path} ${fault.message}`).join('; ')}`)
  writeFileSync(file, writeFacts(mintFacts(facts, Date.now())))
}

/** The example exchanges do not exist, and neither do their keys: what the environment lacks is made up, once. */
function exampleSecrets(secrets: Secrets): Secrets {
  const made = new Map<string, string>()
  return reference => {
    const known = secrets(reference) ?? made.get(reference)
    if (known !== undefined) return known
    const value = randomBytes(32).toString('base64url')
    made.set(reference, value)
    return value
  }
}

function configFor(directory: string, trustedKey: string): Config {
  const own = {
    CHANNEL_DIR: join(directory, 'channel'),
    STATE_DIR: join(directory, 'state'),
    FACTS_FILE: join(directory, 'facts.json'),
    FLIGHT_TRUSTED_KEYS: trustedKey,
  }
  // The events of a demo outlive it: `flight report --spool` reads them.
  const notices = {
    NOTICE_PORT: process.env['PORT'] === '0' ? '0' : '8082',
    SPOOL_DIR: join(root, '.flight/spool'),
    NODE_NAME: 'start',
  }
  return readConfig({ DRAIN_DELAY_MS: '0', ...notices, ...process.env, ...own })
}

function tellServing({ port, adminPort, noticePort }: BidServerHandle, { host, workers, notices }: Config): void {
  say(`\nServing POST http://${host}:${port}/openrtb2/{exchange} with ${workers} workers`)
  say(`  admin    http://${host}:${adminPort}/healthz /readyz /metrics /debug/explain?exchange=NAME`)
  if (notices) say(`  notices  http://${host}:${noticePort}/n/… into ${notices.spoolDir}`)
}

/** False: the campaigns do not compile, and why was printed. */
async function main(directory: string): Promise<boolean> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const config = configFor(directory, formatTrustedKey(keyIdOf(publicKey), publicKey))
  const built = await build(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), config.channelDir)
  if (!built) return false
  tellBuild(built)
  mintExampleFacts(join(directory, 'facts.json'))
  server = await startServer({
    config,
    secrets: exampleSecrets(openSecrets(process.env, config.secretsDir)),
    log: (level, event, data) => {
      if (level !== 'info') output.progress(`${level} ${event} ${JSON.stringify(data ?? {})}`)
    },
    random: Math.random,
    now_ms: Date.now,
  })
  if (!(await server.started)) throw new Error('the release that was just built does not load; the line above says why')
  tellServing(server, config)
  if (process.env['FLIGHT_DEMO'] !== '0') await runBurst(server, config, say)
  server.open()
  say('\nReady. Ctrl-C ends it.')
  return true
}

let server: BidServerHandle | null = null
const directory = mkdtempSync(join(tmpdir(), 'flightplan-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
// Also during the start: the directory goes in any case.
const end = () => void (server?.close() ?? Promise.resolve()).then(() => process.exit(0))
process.once('SIGTERM', end)
process.once('SIGINT', end)
try {
  if (!(await main(directory))) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(70) // EX_SOFTWARE; workers may be running
}
