/** `flight doctor`: what of a setup is right, what is missing, and what to do about it. Changes nothing. */
import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { compile } from '@flightplan/compiler/compile.ts'
import { headOf } from '@flightplan/runtime/publish/channel.ts'
import { fleetStatus } from '@flightplan/runtime/publish/fleet.ts'
import { keyIdOf, parseTrustedKeys, type TrustedKeys } from '@flightplan/runtime/release/keys.ts'
import { openStores, storeUrls } from '@flightplan/runtime/store/open.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { counted, type Output } from './output.ts'
import { openRoot } from './root.ts'
import { table } from './table.ts'

const DOCTOR_VERSION = 1
/** Type stripping without a flag (docs of Node 22.18). */
const NODE = { major: 22, minor: 18 }

/** fail: what people are about to do will not work. warn: it works, less well or less safely. */
type State = 'ok' | 'warn' | 'fail'
interface Check {
  what: string
  state: State
  text: string
  /** '' where nothing is to be done. */
  fix: string
}

export interface DoctorOptions {
  root: string
  channel: string
  format: 'pretty' | 'json'
}

const check = (what: string, state: State, text: string, fix = ''): Check => ({ what, state, text, fix })

export async function doctor(output: Output, env: NodeJS.ProcessEnv, options: DoctorOptions): Promise<ExitCode> {
  const root = openRoot(options.root)
  const keys = keyChecks(env)
  const checks = [
    nodeCheck(process.versions.node),
    toolCheck('git', ['--version'], 'git', 'fail', 'install Git: plans and releases go by commits'),
    gitCheck(root),
    await treeCheck(root),
    toolCheck(
      'opa',
      ['version'],
      'opa',
      'warn',
      'install OPA to change policies: go install github.com/open-policy-agent/opa@latest',
    ),
    ...keys.checks,
    ...(await storeChecks(env, options.channel, keys.trusted)),
  ]
  const failed = checks.filter(({ state }) => state === 'fail')
  if (options.format === 'json')
    output.result(`${JSON.stringify({ schemaVersion: DOCTOR_VERSION, checks }, null, 2)}\n`)
  else
    output.result(
      `${table(checks.map(({ what, state, text, fix }) => [state, what, fix ? `${text}: ${fix}` : text])).join('\n')}\n`,
    )
  const warned = checks.filter(({ state }) => state === 'warn').length
  output.progress(`${counted(checks.length, 'check')}: ${failed.length} failed, ${counted(warned, 'warning')}`)
  return failed.length > 0 ? EXIT.findings : EXIT.ok
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > NODE.major || (major === NODE.major && minor >= NODE.minor)
  return check(
    'node',
    isNew ? 'ok' : 'fail',
    version,
    isNew ? '' : `Node ${NODE.major}.${NODE.minor} or newer is needed`,
  )
}

function toolCheck(command: string, args: readonly string[], what: string, otherwise: State, fix: string): Check {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) return check(what, otherwise, 'not on the PATH', fix)
  return check(what, 'ok', stdout.split('\n')[0] ?? '')
}

function gitCheck(root: string): Check {
  const { status, stdout } = spawnSync('git', ['-C', root, 'status', '--porcelain'], { encoding: 'utf8' })
  if (status !== 0) return check('repository', 'fail', 'no Git repository', 'git init, and commit what is there')
  const changed = stdout.split('\n').filter(Boolean).length
  if (changed === 0) return check('repository', 'ok', 'all is committed')
  return check(
    'repository',
    'warn',
    `${counted(changed, 'file')} not committed`,
    'a release is that of its commit once they are',
  )
}

async function treeCheck(root: string): Promise<Check> {
  const { world, diagnostics } = await compile(root, { now_ms: Date.now() })
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  if (errors > 0 || !world)
    return check('configuration', 'fail', counted(errors, 'error'), 'flight validate lists them')
  const warnings = diagnostics.length > 0 ? `, ${counted(diagnostics.length, 'warning')}` : ''
  return check('configuration', 'ok', `${counted(world.line_items.length, 'line item')}${warnings}`)
}

function keyChecks(env: NodeJS.ProcessEnv): { checks: Check[]; trusted: TrustedKeys } {
  const trusted = trustedOf(env['FLIGHT_TRUSTED_KEYS'] ?? '')
  const own = ownKeyOf(env['FLIGHT_SIGNING_KEY'] ?? '')
  const checks = [trusted.check, own.check]
  if (own.id !== null && trusted.keys.size > 0)
    checks.push(
      trusted.keys.has(own.id)
        ? check('keys', 'ok', 'bidders that trust these keys take what is signed here')
        : check('keys', 'fail', `${own.id} is not among the trusted keys`, 'bidders would refuse every release'),
    )
  return { checks, trusted: trusted.keys }
}

function trustedOf(text: string): { check: Check; keys: TrustedKeys } {
  const none: TrustedKeys = new Map()
  const what = 'FLIGHT_TRUSTED_KEYS'
  if (text === '')
    return { check: check(what, 'warn', 'not set', 'signatures in the stores cannot be checked'), keys: none }
  try {
    const keys = parseTrustedKeys(text)
    return { check: check(what, 'ok', counted(keys.size, 'key')), keys }
  } catch (error) {
    return { check: check(what, 'fail', error instanceof Error ? error.message : String(error)), keys: none }
  }
}

function ownKeyOf(pem: string): { check: Check; id: string | null } {
  const what = 'FLIGHT_SIGNING_KEY'
  if (pem === '')
    return { check: check(what, 'warn', 'not set', 'releases are built, but none can be published'), id: null }
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('another kind of key')
    const id = keyIdOf(createPublicKey(key))
    return { check: check(what, 'ok', `an Ed25519 key, ${id}`), id }
  } catch {
    return {
      check: check(what, 'fail', 'no Ed25519 private key in PEM', 'openssl genpkey -algorithm ed25519'),
      id: null,
    }
  }
}

/** Each store by itself: which of them is away is what one wants to know. */
async function storeChecks(env: NodeJS.ProcessEnv, channel: string, trusted: TrustedKeys): Promise<Check[]> {
  const urls = storeUrls(env)
  if (!urls)
    return [
      check('stores', 'warn', 'neither DATABASE_URL nor REDIS_URL is set', 'flight publish writes to .flight/store'),
    ]
  const faults: string[] = []
  const { store, hot, close } = openStores(urls, Math.random, text => faults.push(text))
  const asked = async <T>(
    what: string,
    fix: string,
    ask: () => Promise<T>,
    say: (found: T) => Check,
  ): Promise<Check> => {
    try {
      return say(await ask())
    } catch (error) {
      return check(
        what,
        'fail',
        faults[0] ?? (error instanceof Error ? error.message || error.name : String(error)),
        fix,
      )
    }
  }
  try {
    const checks: Check[] = []
    if (store)
      checks.push(
        await asked(
          'DATABASE_URL',
          'is the server up? A new database gets its tables by the first flight publish',
          async () => {
            if (trusted.size > 0) return headOf(store, channel, trusted)
            await store.pointer(channel)
            return null
          },
          head =>
            check(
              'DATABASE_URL',
              'ok',
              head
                ? `channel ${channel}, record ${head.sequence}`
                : `reached; channel ${channel} has no record that could be checked`,
            ),
        ),
      )
    if (hot)
      checks.push(
        await asked(
          'REDIS_URL',
          'is the server up?',
          () => hot.pointer(channel),
          text =>
            check(
              'REDIS_URL',
              'ok',
              text === null ? `reached; nothing announced on ${channel}` : `reached; ${channel} is announced`,
            ),
        ),
      )
    if (store && hot && checks.every(({ state }) => state === 'ok') && trusted.size > 0)
      checks.push(
        await asked(
          'bidders',
          'flight status',
          async () => fleetStatus(store, hot, channel, await headOf(store, channel, trusted), Date.now()),
          fleetCheck,
        ),
      )
    return checks
  } finally {
    await close()
  }
}

function fleetCheck({ bidders }: Awaited<ReturnType<typeof fleetStatus>>): Check {
  const behind = bidders.filter(({ isCurrent }) => !isCurrent).length
  if (bidders.length === 0)
    return check('bidders', 'warn', 'none was ever heard of', 'start one with the same REDIS_URL and CHANNEL')
  if (behind > 0)
    return check(
      'bidders',
      'warn',
      `${behind} of ${bidders.length} do not serve what was announced`,
      'flight status says why',
    )
  return check('bidders', 'ok', `${bidders.length} serve what was announced`)
}
