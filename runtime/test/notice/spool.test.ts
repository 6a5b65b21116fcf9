import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { openDisk } from '../../notice/disk.ts'
import { framed, unframed, wholeBytes } from '../../notice/frame.ts'
import { openSpool, SpoolBusy } from '../../notice/spool.ts'
import { unpluggedDisk } from './unplugged.ts'

const now_ms = () => 1_800_000_000_000
const line = (n: number, more = '') => framed(JSON.stringify({ n, more }))

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'flight-spool-'))
  after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const numbersIn = (segment: Buffer): number[] =>
  segment
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map(text => Number(JSON.parse(unframed(text) ?? '{}').n))

test('a line tells whether it is whole, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (more, at) => {
      const json = JSON.stringify({ n: 1, more })
      const text = framed(json)
      assert.equal(unframed(text.slice(0, -1)), json)
      assert.equal(JSON.parse(text).more, more, 'readers see the object itself')
      const bytes = Buffer.from(text)
      const bad = at % (bytes.length - 1)
      bytes[bad] = bytes[bad]! ^ 1
      assert.equal(wholeBytes(bytes), 0, `a bit of byte ${bad}`)
      assert.equal(wholeBytes(Buffer.from(text).subarray(0, -1)), 0, 'without its end')
      assert.equal(wholeBytes(Buffer.from(text + text.slice(0, at % text.length))), Buffer.byteLength(text))
    }),
    { seed: 20_270_301, numRuns: 300 },
  )
})

test('the power goes at any step: what was acknowledged is there, and the spool opens', async () => {
  const lines = 60
  const run = async (cutAt: number, keep: number) => {
    const { disk, steps, pull } = unpluggedDisk(cutAt)
    const acknowledged: number[] = []
    const spool = await openSpool({ disk, now_ms, segment_bytes: 300 })
    const sent: Promise<void>[] = []
    for (let n = 0; n < lines; n++) {
      sent.push(
        spool.append(line(n)).then(
          () => void acknowledged.push(n),
          error => assert.ok(error instanceof SpoolBusy),
        ),
      )
      if (n % 3 === 0) await null
      if (n % 7 === 0) await sent.at(-1)
    }
    await Promise.all(sent)
    const after = pull(keep)
    const again = await openSpool({ disk: after, now_ms })
    const kept = (await Promise.all((await again.seal()).map(name => again.read(name)))).flatMap(numbersIn)
    assert.deepEqual(
      acknowledged.filter(n => !kept.includes(n)),
      [],
      `cut at step ${cutAt}, ${keep} of the rest kept`,
    )
    assert.ok(kept.every(Number.isInteger), 'no torn line is left')
    return { steps: steps(), acknowledged: acknowledged.length }
  }
  const whole = await run(Number.POSITIVE_INFINITY, 0)
  assert.equal(whole.acknowledged, lines)
  const partial = []
  for (let cutAt = 0; cutAt < whole.steps; cutAt++)
    for (const keep of [0, 0.4, 1]) partial.push((await run(cutAt, keep)).acknowledged)
  assert.ok(partial.includes(0) && partial.some(n => n > 0 && n < lines), 'the cuts were in the middle')
})

test('one sync acknowledges all that wait, and no more may wait than the bound', async () => {
  const { disk } = unpluggedDisk()
  const spool = await openSpool({ disk, now_ms, waiting_bytes: line(0).length * 1000 })
  const all = Array.from({ length: 1500 }, (_, n) =>
    spool.append(line(n % 10)).then(
      () => 1,
      () => 0,
    ),
  )
  const done = (await Promise.all(all)).reduce<number>((sum, n) => sum + n, 0)
  assert.ok(done >= 999 && done <= 1001, `${done} of 1,500`)
  assert.ok(spool.figures().syncs <= 2, `${spool.figures().syncs} syncs`)
  assert.equal(spool.figures().waiting_bytes, 0)
  await spool.append(line(1))
})

test('what nobody waits for leaves room for what somebody waits for', async () => {
  const { disk } = unpluggedDisk()
  const spool = await openSpool({ disk, now_ms, waiting_bytes: 10_000 })
  while (spool.offer(line(1))) {}
  await spool.append(line(2))
  const full = await openSpool({ disk: unpluggedDisk().disk, now_ms, total_bytes: 1000 })
  for (let n = 0; n < 40; n++) await full.append(line(n)).catch(() => {})
  await assert.rejects(full.append(line(3)), SpoolBusy)
  assert.equal(full.offer(line(3)), false)
})

test('a torn tail of the real file is cut; a new life begins a new segment', async () => {
  const place = folder()
  const first = await openSpool({ disk: await openDisk(place), now_ms })
  await first.append(line(1) + line(2))
  await first.close()
  const [name = ''] = readdirSync(place)
  appendFileSync(join(place, name), line(3).slice(0, 20))
  const second = await openSpool({ disk: await openDisk(place), now_ms })
  await second.append(line(4))
  await second.close()
  const names = readdirSync(place).sort()
  assert.equal(names.length, 2)
  assert.deepEqual(
    names.flatMap(one => numbersIn(readFileSync(join(place, one)))),
    [1, 2, 4],
  )
})

test('kill -9 under load: every acknowledged line is in the spool', async () => {
  const place = folder()
  const script = join(place, 'child.ts')
  const parts = join(import.meta.dirname, '../../notice')
  writeFileSync(
    script,
    `import { writeSync } from 'node:fs'
     import { openDisk } from '${parts}/disk.ts'
     import { framed } from '${parts}/frame.ts'
     import { openSpool } from '${parts}/spool.ts'
     const spool = await openSpool({ disk: await openDisk(process.argv[2]), now_ms: Date.now, segment_bytes: 20_000 })
     let n = Number(process.argv[3])
     for (;;) {
       const base = n
       for (; n < base + 50; n++) { const mine = n; spool.append(framed(JSON.stringify({ n: mine }))).then(() => writeSync(1, mine + '\\n')) }
       await new Promise(resolve => setImmediate(resolve))
     }`,
  )
  const spoolDir = join(place, 'spool')
  const acknowledged = new Set<number>()
  for (let life = 0; life < 3; life++) {
    const child = spawn(process.execPath, [script, spoolDir, String(life * 1_000_000)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.on('data', chunk => {
      told += chunk
      if (told.length > 20_000) child.kill('SIGKILL')
    })
    await once(child, 'close', { signal: AbortSignal.timeout(30_000) })
    for (const n of told.split('\n').slice(0, -1)) acknowledged.add(Number(n))
  }
  const spool = await openSpool({ disk: await openDisk(spoolDir), now_ms })
  const kept = new Set((await Promise.all((await spool.seal()).map(name => spool.read(name)))).flatMap(numbersIn))
  assert.ok(acknowledged.size > 5000, `${acknowledged.size}`)
  assert.deepEqual(
    [...acknowledged].filter(n => !kept.has(n)),
    [],
  )
})
