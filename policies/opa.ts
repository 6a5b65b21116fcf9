/** Finds the one OPA version whose output is committed, or installs it through Go. */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The bytes of the WASM depend on it: another version is another build. */
export const OPA_VERSION = '1.22.2'
const SOURCE = `github.com/open-policy-agent/opa@v${OPA_VERSION}`

const isRight = (path: string) => {
  const { stdout } = spawnSync(path, ['version'], { encoding: 'utf8' })
  return stdout?.includes(`Version: ${OPA_VERSION}\n`) ?? false
}

/** Path of `opa`: on the PATH, in Go's bin folder, or installed there now when `install` allows it. Null: not to be had. */
export function findOpa({ install }: { install: boolean }): string | null {
  if (isRight('opa')) return 'opa'
  const go = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' })
  if (go.status !== 0) return null
  const path = join(go.stdout.trim(), 'bin', 'opa')
  if (isRight(path)) return path
  if (!install) return null
  process.stderr.write(`installing ${SOURCE} (some minutes the first time)\n`)
  execFileSync('go', ['install', SOURCE], { stdio: 'inherit' })
  return isRight(path) ? path : null
}

/** Runs OPA in `cwd` and returns its standard output; what OPA says on failure is the error's message. */
export function runOpa(opa: string, args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(opa, args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`opa ${args[0]} failed:\n${stderr || stdout}`)
  return stdout
}
