import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TrafficHeader } from '@flightplan/contract/traffic.ts'
import { DayKeys, openRecorder } from '../../record/recorder.ts'
import { cutAddress, KEPT_FIELDS, stripRequest } from '../../record/strip.ts'

const SECRET = 'SECRET'
/** Every place of a request that can hold an id of a person, and some that nobody has thought of. */
const REQUEST = {
  id: SECRET,
  imp: [{ id: '1', banner: { w: 300, h: 250, ext: { uid: SECRET } }, ext: { tid: SECRET, reward: 1 } }],
  site: { id: 's', page: `https://news.example/a?session=${SECRET}#${SECRET}`, ref: SECRET, ext: { u: SECRET } },
  device: {
    ...{ ua: 'Mozilla/5.0', ip: '192.0.2.77', ifa: SECRET, didsha1: SECRET, dpidmd5: SECRET, ext: { idfv: SECRET } },
    geo: { country: 'DEU', lat: 52.520008, lon: 13.404954, zip: '10115' },
  },
  user: {
    ...{ id: SECRET, buyeruid: SECRET, customdata: SECRET, yob: 1980, consent: 'CP' },
    eids: [{ source: 'a.example', uids: [{ id: SECRET }] }],
    data: [{ id: 'dp', segment: [{ id: 'runners' }] }],
    ext: { eids: [{ source: SECRET }], consent: 'CQ' },
  },
  regs: { gdpr: 1, ext: { x: SECRET } },
  source: { tid: SECRET, schain: { complete: 1, nodes: [{ asi: 'a.example', sid: '1', rid: SECRET }] } },
  invented: SECRET,
  ext: { anything: SECRET },
}

test('no id survives, whatever the policy allows', () => {
  const text = JSON.stringify(stripRequest(structuredClone(REQUEST), '7', KEPT_FIELDS))
  assert.doesNotMatch(text, new RegExp(SECRET))
  for (const kept of ['"id":"7"', 'runners', '"yob":1980', '52.52', '192.0.2.0', '"reward":1', '"consent":"CP"'])
    assert.ok(text.includes(kept), `${kept} is missing in ${text}`)
})

test('without consent nothing personal survives', () => {
  const text = JSON.stringify(stripRequest(structuredClone(REQUEST), '7', []))
  for (const gone of ['runners', 'yob', '"lat"', 'zip']) assert.ok(!text.includes(gone), `${gone} is in ${text}`)
})

test('addresses lose who, not where', () => {
  const cases = {
    '192.0.2.77': '192.0.2.0',
    '2001:db8:bad:1::5': '2001:db8:bad::',
    '2001:db8::1': '2001:db8::',
    none: '',
  }
  for (const [from, to] of Object.entries(cases)) assert.equal(cutAddress(from), to)
})

test('a user has one key a day, and another on the next', () => {
  const keys = new DayKeys()
  const day = 86_400_000
  const [first, same, other] = [keys.of('u', day), keys.of('u', day + 1), keys.of('u', 2 * day)]
  assert.equal(first, same)
  assert.notEqual(first, other)
  assert.equal(keys.of('', day), null)
})

test('every Nth auction is wanted, and a full file drops what comes after', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'record-'))
  const file = join(folder, 'log.ndjson')
  try {
    const recorder = openRecorder({ file, one_in: 3, max_bytes: 150, source: 'test' })
    const wanted = [1, 2, 3, 4, 5].map(() => recorder.wants())
    assert.deepEqual(wanted, [true, false, false, true, false])
    for (let i = 0; i < 5; i++) recorder.outcome(i, '1', null, { won: true, paid_nano: 1_000_000 })
    await recorder.close()
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    assert.deepEqual(JSON.parse(lines[0] ?? '') as TrafficHeader, { traffic: 1, one_in: 3, source: 'test' })
    assert.equal(lines.length, 2)
    assert.equal(recorder.dropped, 4)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
