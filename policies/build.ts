/**
 * `node policies/build.ts [--check]`: Rego of policies/request → one WASM module with the list of what it reads.
 *
 * The result is committed, since no registry has OPA as a binary and `npm ci && npm start` must not need Go; `--check`
 * (CI) builds again and compares the bytes. They are equal because OPA gets sorted, relative paths.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { derivedRules, generateEntrypoint } from './entrypoint.ts'
import { findOpa, OPA_VERSION, runOpa } from './opa.ts'
import { type Fault, type Module, readModule } from './rego-reads.ts'

const ENTRYPOINT = 'flightplan/entrypoint/verdict'
const SOURCES = join(import.meta.dirname, 'request')

/** What a build writes to `compiled/`. Faults: nothing may be written. */
export interface Built {
  files: Map<string, Uint8Array>
  faults: Fault[]
}

/** Rego of a folder without its tests, sorted by name. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.rego') && !name.endsWith('_test.rego'))
    .sort()
}

/** sha256 over `policies/request/<name>` NUL bytes NUL of every source: the compiler checks it without OPA. */
export function sourcesHash(folder: string): string {
  const hash = createHash('sha256')
  for (const name of sourcesOf(folder))
    hash
      .update(`policies/request/${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0')
  return hash.digest('hex')
}

/** Builds the policies of a folder. Throws where OPA itself fails (a syntax error, with OPA's file:line). */
export function buildPolicies(folder: string, opa: string): Built {
  const names = sourcesOf(folder)
  runOpa(opa, ['check', '--strict', ...names], folder)
  const modules = new Map<string, Module>(names.map(name => [name, readModule(name, parse(opa, name, folder))]))
  const rules = derivedRules(modules)
  const faults = [...modules.values()].flatMap(module => module.faults).concat(rules.faults)
  if (faults.length > 0) return { files: new Map(), faults }
  const entrypoint = generateEntrypoint([...modules.values()], rules.names)
  const meta: PolicyMeta = {
    sources_sha256: sourcesHash(folder),
    entrypoint: ENTRYPOINT,
    reads: [...new Set([...modules.values()].flatMap(module => module.reads))].sort(),
    rules: rules.names,
  }
  const files = new Map<string, Uint8Array>([
    ['entrypoint.rego', Buffer.from(entrypoint)],
    ['policy.json', Buffer.from(`${formatJson(meta)}\n`)],
    ['policy.wasm', compile(opa, folder, names, entrypoint)],
  ])
  return { files, faults }
}

function parse(opa: string, name: string, folder: string): unknown {
  return JSON.parse(runOpa(opa, ['parse', '--format', 'json', '--json-include', 'locations', name], folder))
}

/** Copies the sources to a folder of their own: nothing else may reach the bytes. */
function compile(opa: string, folder: string, names: string[], entrypoint: string): Uint8Array {
  const work = mkdtempSync(join(tmpdir(), 'policy-'))
  try {
    for (const name of names) writeFileSync(join(work, name), readFileSync(join(folder, name)))
    writeFileSync(join(work, 'entrypoint.rego'), entrypoint)
    const inputs = [...names, 'entrypoint.rego'].sort()
    runOpa(opa, ['build', '-t', 'wasm', '-e', ENTRYPOINT, '-o', 'bundle.tar.gz', ...inputs], work)
    return tarMember(gunzipSync(readFileSync(join(work, 'bundle.tar.gz'))), '/policy.wasm')
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** One file of a tar archive (ustar: 512-byte headers, the size in octal at 124). */
function tarMember(tar: Uint8Array, name: string): Uint8Array {
  const text = (from: number, to: number) =>
    Buffer.from(tar.subarray(from, to)).toString('latin1').split('\0', 1)[0] ?? ''
  for (let at = 0; at + 512 <= tar.length; ) {
    const bytes = Number.parseInt(text(at + 124, at + 136), 8) || 0
    if (text(at, at + 100) === name) return tar.slice(at + 512, at + 512 + bytes)
    at += 512 + Math.ceil(bytes / 512) * 512
  }
  throw new Error(`opa build wrote no ${name}`)
}

/** JSON as the formatter of this repository wants it: a list of names goes on one line where it fits. */
function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^( *"\w+": )\[([^\]]*)\]/gm, (all, head: string, body: string) => {
    const line = `${head}[${body.trim().replace(/\s+/g, ' ')}]`
    return line.length < 120 ? line : all
  })
}

/** Names of compiled files that are missing or differ from a fresh build. */
function staleFiles(built: Built, folder: string): string[] {
  const present = new Set(readdirSync(folder))
  return [...built.files].flatMap(([name, bytes]) =>
    present.has(name) && Buffer.from(bytes).equals(readFileSync(join(folder, name))) ? [] : [name],
  )
}

function main(): number {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
  const opa = findOpa({ install: true })
  if (!opa) return fail([`OPA ${OPA_VERSION} is needed, and Go to install it: https://go.dev/dl`])
  const built = buildPolicies(SOURCES, opa)
  if (built.faults.length > 0)
    return fail(built.faults.map(({ file, line, message }) => `policies/request/${file}:${line}: ${message}`))
  const compiled = join(SOURCES, 'compiled')
  mkdirSync(compiled, { recursive: true })
  if (values.check) {
    const stale = staleFiles(built, compiled)
    if (stale.length > 0)
      return fail([`stale: ${stale.join(', ')}. Run \`node policies/build.ts\` and commit the result`])
  } else for (const [name, bytes] of built.files) writeFileSync(join(compiled, name), bytes)
  for (const [name, bytes] of built.files) process.stdout.write(`${name} ${bytes.length} bytes\n`)
  return 0
}

function fail(lines: string[]): number {
  process.stderr.write(`${lines.join('\n')}\n`)
  return 1
}

if (import.meta.main) {
  try {
    process.exitCode = main()
  } catch (error) {
    process.exitCode = fail([error instanceof Error ? error.message : String(error)])
  }
}
