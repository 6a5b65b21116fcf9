import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { blobId, loadTree, MAX_YAML_BYTES } from '../load.ts'

const root = mkdtempSync(join(tmpdir(), 'flight-load-'))
after(() => rmSync(root, { recursive: true }))

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

test('a tree is read sorted, with side files, and with every fault located', () => {
  write('flightplan.yaml', 'flightplan: 1\nvendor_id: 1\n')
  write('campaigns/b/order.yaml', 'order: b\n')
  write('campaigns/a/creative.html', '<a>')
  write('campaigns/a/order.yml', 'order: a\n')
  write('campaigns/.hidden/x.yaml', 'no')
  write('exchanges/alpha.yaml', 'exchange: alpha\n')
  write('models/ctr.onnx', 'onnx')
  write('policies/request/p.rego', 'package p')
  write('policies/request/data.yaml', 'a: 1')
  write('elsewhere/x.yaml', 'no')
  write('campaigns/big.yaml', 'x'.repeat(MAX_YAML_BYTES + 1))
  symlinkSync('a/order.yml', join(root, 'campaigns/link.yaml'))
  symlinkSync('/etc/hostname', join(root, 'campaigns/out.yaml'))
  symlinkSync('nowhere', join(root, 'campaigns/broken.yaml'))
  symlinkSync('.', join(root, 'campaigns/cycle'))
  const { yaml, side, diagnostics } = loadTree(root)
  assert.deepEqual(
    yaml.map(file => file.path),
    [
      'campaigns/a/order.yml',
      'campaigns/b/order.yaml',
      'campaigns/link.yaml',
      'exchanges/alpha.yaml',
      'flightplan.yaml',
    ],
  )
  assert.deepEqual(
    [...side.keys()],
    ['campaigns/a/creative.html', 'models/ctr.onnx', 'policies/request/data.yaml', 'policies/request/p.rego'],
  )
  assert.deepEqual(diagnostics.map(({ code, span }) => `${code} ${span.file}`).sort(), [
    'FP1001 campaigns/big.yaml',
    'FP1011 campaigns/broken.yaml',
    'FP1011 campaigns/cycle',
    'FP1011 campaigns/out.yaml',
  ])
})

test('a blob id is the one of `git hash-object`', () => {
  assert.equal(blobId(new TextEncoder().encode('hello\n')), 'ce013625030ba8dba906f756967f9e9ca394464a')
  assert.equal(blobId(new Uint8Array(0)), 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
})
