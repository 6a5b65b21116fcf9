import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { findOpa, OPA_VERSION } from '../../policies/opa.ts'
import { BUNDLE_FILE } from '../bundle/opa.ts'
import { compile } from '../compile.ts'

const ROOT = join(import.meta.dirname, '../..')
const keys = generateKeyPairSync('ed25519')
const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const opa = findOpa({ install: process.env['CI'] === 'true' })

async function bundleOf(sign: string | null) {
  const { release } = await compile(ROOT, { now_ms: 0, ...(sign !== null && { sign }) })
  assert.ok(release)
  const bundle = release.files.get(BUNDLE_FILE)
  assert.ok(bundle, 'a release has a bundle')
  return { release, bundle }
}

const signed = await bundleOf(pem)

it('the bundle is the same each time, and outside of the digest: with and without a key it is one release', async () => {
  const [again, unsigned] = [await bundleOf(pem), await bundleOf(null)]
  assert.ok(Buffer.from(again.bundle).equals(signed.bundle))
  assert.equal(unsigned.release.digest, signed.release.digest)
  assert.ok(!Buffer.from(unsigned.bundle).equals(signed.bundle))
  assert.ok(!(BUNDLE_FILE in signed.release.manifest.files))
})

describe('stock OPA', { skip: opa === null && `OPA ${OPA_VERSION} is not installed` }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  after(() => rmSync(folder, { recursive: true }))
  const keyFile = join(folder, 'key.pem')
  const strange = join(folder, 'strange.pem')
  writeFileSync(keyFile, keys.publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(strange, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))
  const write = (bytes: Uint8Array, name: string): string => {
    const file = join(folder, name)
    writeFileSync(file, bytes)
    return file
  }
  const args = (file: string, key: string, port: number) => [
    ...['run', '--server', '--addr', `127.0.0.1:${port}`, '--disable-telemetry', '--bundle', file],
    ...['--verification-key', key, '--signing-alg', 'EdDSA'],
  ]
  const refused = (file: string, key: string) => {
    const { status, stderr, stdout } = spawnSync(opa ?? '', args(file, key, 0), { encoding: 'utf8', timeout: 10_000 })
    assert.notEqual(status, null, 'it ended by itself')
    assert.notEqual(status, 0)
    return stderr + stdout
  }

  it('runs the signed bundle, decides by it, and names the release', async () => {
    const port = await freePort()
    const child = spawn(opa ?? '', args(write(signed.bundle, 'signed.tar.gz'), keyFile, port), { stdio: 'ignore' })
    try {
      const url = `http://127.0.0.1:${port}/v1/data`
      await untilUp(`http://127.0.0.1:${port}/health`, child)
      const ask = async (path: string, input: unknown) => {
        const answer = await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify({ input }) })
        return ((await answer.json()) as { result?: Record<string, unknown> }).result
      }
      const coppa = await ask('flightplan/entrypoint/verdict', { privacy: { coppa: true } })
      assert.deepEqual([coppa?.['use'] !== undefined, coppa?.['rules'] !== undefined], [true, true])
      const listed = await ask('system/bundles', {})
      assert.match(JSON.stringify(listed), new RegExp(signed.release.digest))
    } finally {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    }
  })

  it('refuses it by another key, without a signature, and with one byte of a policy changed', async () => {
    assert.match(refused(write(signed.bundle, 'a.tar.gz'), strange), /verif|signature/i)
    assert.match(refused(write((await bundleOf(null)).bundle, 'b.tar.gz'), keyFile), /missing .*signatures/i)
    const tar = gunzipSync(signed.bundle)
    const at = tar.indexOf('package flightplan')
    tar[at + 'package flightplan'.length + 1]! ^= 1 // within the file
    assert.match(refused(write(gzipSync(tar), 'c.tar.gz'), keyFile), /digest/i)
  })
})

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    assert.equal(child.exitCode, null, 'opa ended')
    const isUp = await fetch(url).then(
      answer => answer.ok,
      () => false,
    )
    if (isUp) return
    await sleep(50)
  }
  assert.fail('opa does not answer')
}
