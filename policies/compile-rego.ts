/** Rego sources of a folder → WASM with one entrypoint. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { runOpa } from './opa.ts'

/** Rego of a folder without its tests, sorted by name. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.rego') && !name.endsWith('_test.rego'))
    .sort()
}

/** Copies the sources to a folder of their own: nothing else may reach the bytes. */
export function compileRego(
  opa: string,
  folder: string,
  names: string[],
  entrypoint: string,
  name: string,
): Uint8Array {
  const work = mkdtempSync(join(tmpdir(), 'policy-'))
  try {
    for (const source of names) writeFileSync(join(work, source), readFileSync(join(folder, source)))
    writeFileSync(join(work, 'entrypoint.rego'), entrypoint)
    const inputs = [...names, 'entrypoint.rego'].sort()
    runOpa(opa, ['build', '-t', 'wasm', '-e', name, '-o', 'bundle.tar.gz', ...inputs], work)
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
