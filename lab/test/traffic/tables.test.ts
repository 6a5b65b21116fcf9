import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { generateTraffic } from '../../traffic/generate.ts'
import { isObject, type Json, type JsonObject } from '../../traffic/json.ts'

type Attribute = { t: string; req: boolean }
type Tables = Record<string, Record<string, Attribute>>
const TABLES = new URL('../../../../shared/data/openrtb-2.6-tables.json', import.meta.url)

/** The table of an object attribute, where the name alone does not say it. */
const TABLE_OF: Record<string, string> = {
  imp: 'Imp',
  metric: 'Metric',
  banner: 'Banner',
  companionad: 'Banner',
  video: 'Video',
  audio: 'Audio',
  native: 'Native',
  format: 'Format',
  pmp: 'Pmp',
  deals: 'Deal',
  site: 'Site',
  app: 'App',
  dooh: 'DOOH',
  publisher: 'Publisher',
  content: 'Content',
  device: 'Device',
  geo: 'Geo',
  user: 'User',
  data: 'Data',
  segment: 'Segment',
  eids: 'EID',
  uids: 'UID',
  network: 'Network',
  channel: 'Channel',
  source: 'Source',
  regs: 'Regs',
  schain: 'SupplyChain',
  nodes: 'SupplyChainNode',
  sua: 'UserAgent',
  browsers: 'BrandVersion',
  platform: 'BrandVersion',
  qty: 'Qty',
  refresh: 'Refresh',
  refsettings: 'RefSettings',
  durfloors: 'DurFloors',
}

function fits(value: Json, type: string): boolean {
  if (type.endsWith(' array')) return Array.isArray(value) && value.every(member => fits(member, type.slice(0, -6)))
  if (type.startsWith('int')) return Number.isInteger(value)
  if (type === 'float') return typeof value === 'number' && Number.isFinite(value)
  return type === 'object' ? isObject(value) : typeof value === type
}

/** Every disagreement of an object with its table, as located text. */
function faults(tables: Tables, table: string, object: JsonObject, path: string): string[] {
  const known = tables[table] ?? {}
  const missing = Object.keys(known).filter(key => known[key]?.req && !(key in object))
  const found = missing.map(key => `${path}.${key} is missing`)
  for (const [key, value] of Object.entries(object)) {
    // The published table calls sua.browsers and brand.version single; AdCOM, their source, has arrays.
    const type =
      key === 'browsers'
        ? 'object array'
        : table === 'BrandVersion' && key === 'version'
          ? 'string array'
          : known[key]?.t
    if (type === undefined) found.push(`${path}.${key} is unknown`)
    else if (!fits(value, type)) found.push(`${path}.${key} is no ${type}`)
    const inner = TABLE_OF[key]
    if (inner === undefined || key === 'ext') continue
    for (const member of Array.isArray(value) ? value : [value]) {
      if (isObject(member)) found.push(...faults(tables, inner, member, `${path}.${key}`))
    }
  }
  return found
}

const absent = existsSync(TABLES) ? false : 'the shared folder with the OpenRTB tables is absent'

test('requests without a quirk agree with the OpenRTB 2.6 tables', { skip: absent }, () => {
  const tables: Tables = JSON.parse(readFileSync(TABLES, 'utf8'))
  const counts = new Map<string, number>()
  let quirks = 0
  for (let index = 0; index < 20_000; index++) {
    const { request, quirk } = generateTraffic(11, index, { at_ms: Date.UTC(2027, 5, 1, 18) })
    const found = faults(tables, 'BidRequest', request, 'request')
    if (quirk !== undefined && found.length > 0) quirks++
    if (quirk === undefined) for (const fault of found) counts.set(fault, (counts.get(fault) ?? 0) + 1)
  }
  assert.deepEqual([...counts], [])
  assert.ok(quirks > 200, `the check sees the faults of quirky requests (${quirks})`)
})

test('exclusive attributes exclude each other', () => {
  for (let index = 0; index < 20_000; index++) {
    const { request, quirk } = generateTraffic(12, index, { at_ms: Date.UTC(2027, 5, 1, 18) })
    if (quirk !== undefined) continue
    assert.equal(['site', 'app', 'dooh'].filter(key => key in request).length, 1)
    for (const imp of request['imp'] as JsonObject[]) {
      // requests without a quirk hold an array of objects
      const { video } = imp
      if (isObject(video) && 'rqddurs' in video) assert.ok(!('minduration' in video || 'maxduration' in video))
    }
  }
})
