/** `flight build`: the repository → a release in a channel folder. */
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CompileResult, openCompiler } from '@flightplan/compiler/compile.ts'
import type { Release } from '@flightplan/compiler/release.ts'
import { summary } from '@flightplan/compiler/render/pretty.ts'
import { EXIT, type ExitCode, Stop, usage } from './exit.ts'
import { type Commit, commitOf, headOf } from './git.ts'
import { type Format, type Output, report } from './output.ts'
import { openPolicy } from './policy.ts'
import { openRoot } from './root.ts'
import { buildOnChange } from './watch.ts'

interface Options {
  root: string
  out?: string
  now?: number
  key?: string
  stats?: boolean
  watch?: boolean
  format: Format
}
const BUILD_VERSION = 1

export async function build(output: Output, env: NodeJS.ProcessEnv, options: Options): Promise<ExitCode> {
  const root = openRoot(options.root)
  const sign = signingKey(options.key, env['FLIGHT_SIGNING_KEY'])
  const work: Work = { root, sign, out: options.out ?? join(root, '.flight/release'), compiler: openCompiler(root) }
  if (options.watch) return keepBuilding(output, work, options)
  const head = headOf(root)
  const result = await compileOnce(work, head, options)
  const code = show(output, work, result, options)
  if (result.release) for (const note of notesOf(head, sign, summary(result.diagnostics))) output.progress(note)
  return code
}

interface Work {
  root: string
  sign: string | null
  out: string
  compiler: ReturnType<typeof openCompiler>
}
type Head = ReturnType<typeof commitOf>

function compileOnce({ root, sign, out, compiler }: Work, head: Head, { now }: Options): Promise<CompileResult> {
  const now_ms = now ?? head?.time_ms
  if (now_ms === undefined)
    throw usage(`${root} has no Git commit to date the build by: pass --now 2027-03-01T12:00:00Z`)
  return compiler.compile({
    now_ms,
    ...(head && { commit: head.commit, tree: head.tree }),
    ...(sign !== null && { sign }),
    out,
    openPolicy: (wasm, meta) => openPolicy(wasm, meta, wrongPolicy),
    clock: () => performance.now(),
  })
}

/** Until SIGINT or SIGTERM. A fault of the files is reported and waits for its repair; a commit dates the next build. */
async function keepBuilding(output: Output, work: Work, options: Options): Promise<ExitCode> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  if (work.sign === null) output.progress(UNSIGNED)
  let last: string | undefined
  await buildOnChange(work.root, stop.signal, output.progress, async () => {
    const began = performance.now()
    const result = await compileOnce(work, commitOf(work.root), options)
    const digest = result.release?.digest
    if (digest === undefined || digest !== last) show(output, work, result, options)
    const seconds = `${((performance.now() - began) / 1000).toFixed(2)} s`
    const outcome = digest === undefined ? 'no release' : digest === last ? 'nothing changed' : 'built'
    last = digest ?? last
    output.progress(`${outcome} in ${seconds}, ${summary(result.diagnostics)}; waiting for changes, Ctrl-C ends it`)
  })
  return EXIT.ok
}

/** Writes the release, or why there is none. */
function show(output: Output, { root, out }: Work, result: CompileResult, options: Options): ExitCode {
  const { release, diagnostics } = result
  if (!release) return report(output, diagnostics, options.format, root)
  if (options.format === 'json') output.result(asJson(result, release, out))
  else {
    if (diagnostics.length > 0 || options.format === 'sarif') report(output, diagnostics, options.format, root)
    tell(output, options.format, asText(result, release, out, options.stats === true))
  }
  return EXIT.ok
}

/** A policy that fails on a golden auction would deny every bid: no release is made of it. */
function wrongPolicy(message: string): never {
  throw new Stop(EXIT.findings, `the request policy fails on a golden auction: ${message}`)
}

/** In machine formats stdout holds the format only. */
function tell(output: Output, format: Format, text: string): void {
  if (format === 'pretty') output.result(text)
  else output.progress(text.trimEnd())
}

/** PEM of an Ed25519 key, or null: the release is not signed. The key's text is in no message. */
function signingKey(file: string | undefined, fromEnvironment: string | undefined): string | null {
  const pem = file === undefined ? fromEnvironment : readFileSync(file, 'utf8')
  if (pem === undefined || pem === '') return null
  if (!isEd25519(pem)) throw usage(`${file ?? 'FLIGHT_SIGNING_KEY'} holds no Ed25519 private key in PEM`)
  return pem
}

function isEd25519(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519'
  } catch {
    return false // OpenSSL's own words help nobody here
  }
}

function asText(
  { counts, timings_ms }: CompileResult,
  { digest, manifest }: Release,
  out: string,
  stats: boolean,
): string {
  const lines = [`release ${digest}`, `in      ${join(out, digest)}`]
  const sizes = Object.entries(manifest.files).map(([name, { bytes }]) => [name, bytes] as const)
  if (stats) {
    lines.push(...table('counts', Object.entries(counts)))
    lines.push(
      ...table(
        'milliseconds',
        Object.entries(timings_ms).map(([stage, ms]) => [stage, Math.round(ms)]),
      ),
    )
    lines.push(...table('bytes', sizes))
  }
  return `${lines.join('\n')}\n`
}

function table(title: string, rows: readonly (readonly [string, number])[]): string[] {
  const texts = rows.map(([name, n]) => [name, n.toLocaleString('en')] as const)
  const widths = [0, 1].map(column => Math.max(0, ...texts.map(row => row[column === 0 ? 0 : 1].length)))
  return ['', title, ...texts.map(([name, n]) => `  ${name.padEnd(widths[0] ?? 0)}  ${n.padStart(widths[1] ?? 0)}`)]
}

function asJson({ counts, timings_ms, diagnostics }: CompileResult, release: Release, out: string): string {
  const { digest, manifest, files } = release
  const { commit, tree, built_at_ms } = manifest
  const signed = files.has('manifest.sig')
  const built = { schemaVersion: BUILD_VERSION, digest, dir: join(out, digest), commit, tree, built_at_ms, signed }
  return `${JSON.stringify({ ...built, counts, timings_ms, files: manifest.files, diagnostics }, null, 2)}\n`
}

const UNSIGNED = 'not signed, so no bidder will load it: pass --key or set FLIGHT_SIGNING_KEY'

function notesOf(head: Commit | null, key: string | null, findings: string): string[] {
  const notes = [findings]
  if (head?.dirty) notes.push('not all files are committed: the release is not that of its commit alone')
  if (key === null) notes.push(UNSIGNED)
  return notes
}
