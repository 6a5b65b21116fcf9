/**
 * `node policies/build.ts [--check]`: Rego of policies/request → one WASM module with the list of what it reads, and Rego
 * of policies/admission → another (admission-build.ts).
 *
 * The result is committed, since no registry has OPA as a binary and `npm ci && npm start` must not need Go; `--check`
 * (CI) builds again and compares the bytes. They are equal because OPA gets sorted, relative paths.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { buildAdmission } from './admission-build.ts'
import { compileRego, sourcesOf } from './compile-rego.ts'
import { derivedRules, generateEntrypoint } from './entrypoint.ts'
import { findOpa, OPA_VERSION, runOpa } from './opa.ts'
import { type Fault, type Module, readModule } from './rego-reads.ts'

const ENTRYPOINT = 'flightplan/entrypoint/verdict'
const SOURCES = join(import.meta.dirname, 'request')
const ADMISSION = join(import.meta.dirname, 'admission')

/** What a build writes to `compiled/`. Faults: nothing may be written. */
export interface Built {
  files: Map<string, Uint8Array>
  faults: Fault[]
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
    ['policy.wasm', compileRego(opa, folder, names, entrypoint, ENTRYPOINT)],
  ])
  return { files, faults }
}

function parse(opa: string, name: string, folder: string): unknown {
  return JSON.parse(runOpa(opa, ['parse', '--format', 'json', '--json-include', 'locations', name], folder))
}

/** JSON as the formatter of this repository wants it: a list of names goes on one line where it fits. */
function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^( *"\w+": )\[([^\]]*)\]/gm, (all, head: string, body: string) => {
    const line = `${head}[${body.trim().replace(/\s+/g, ' ')}]`
    return line.length < 120 ? line : all
  })
}

/** Names of compiled files that are missing or differ from a fresh build. */
function staleFiles(files: Built['files'], folder: string): string[] {
  const present = new Set(readdirSync(folder))
  return [...files].flatMap(([name, bytes]) =>
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
  const request = settle(SOURCES, built.files, values.check)
  return request || settle(ADMISSION, buildAdmission(ADMISSION, opa), values.check)
}

/** Writes the compiled files of a folder, or says which of them are stale. */
function settle(folder: string, files: Built['files'], check: boolean): number {
  const compiled = join(folder, 'compiled')
  mkdirSync(compiled, { recursive: true })
  if (check) {
    const stale = staleFiles(files, compiled)
    if (stale.length > 0)
      return fail([`stale: ${stale.join(', ')} in ${compiled}. Run \`node policies/build.ts\` and commit the result`])
  } else for (const [name, bytes] of files) writeFileSync(join(compiled, name), bytes)
  for (const [name, bytes] of files) process.stdout.write(`${basename(folder)}/${name} ${bytes.length} bytes\n`)
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
