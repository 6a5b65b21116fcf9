import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MACRO_BIT, MACROS, NONE } from '@flightplan/contract/snapshot.ts'
import { nativeOf, stringsOf } from '@flightplan/engine/fit/creative.ts'
import { openSnapshot, type Snapshot } from '@flightplan/engine/snapshot.ts'
import { compileTree } from '../compile.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const HEAD = 'advertiser: acme\nlanding_page: https://www.acme.example/?x=${EXCHANGE}\n'
const creative = (id: string, rest: string): Files => ({
  [`campaigns/acme/${id}.yaml`]: `creative: ${id}\n${HEAD}${rest}`,
})

async function snapshotWith(files: Files, ids: readonly string[], more: Files = {}): Promise<Snapshot> {
  const items = ids.map(id => `${id}: {bid: {cpm: 1}, creatives: {${id}: 1}}`).join('\n')
  const all = { ...BASE, ...files, 'campaigns/acme/campaign.yaml': campaign(items), ...more }
  const { release, diagnostics } = await compileTree(treeOf(all), { now_ms: 0 })
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  return openSnapshot(Uint8Array.from(release?.files.get('snapshot.bin') ?? []).buffer)
}

const rowOf = ({ creative, strings }: Snapshot, id: string): number =>
  creative.id_str.findIndex(str => strings.get(str) === id)

/** The markup as the engine would string it together, macros left as `[NAME]`. */
function markupOf(snapshot: Snapshot, id: string): string {
  const { templates, strings, creative } = snapshot
  const at = creative.template[rowOf(snapshot, id)]!
  const pieces = Array.from(templates.subarray(at + 1, at + 1 + templates[at]!))
  const text = pieces
    .map(piece => (piece >= MACRO_BIT ? `[${MACROS[piece - MACRO_BIT]}]` : strings.get(piece)))
    .join('')
  return JSON.parse(`"${text}"`)
}

test('an image banner links, counts the click and ends with our pixel', async () => {
  const format = `format: {banner: {size: 300x250, type: image, image: "https://cdn.acme.example/a.png?x=1&y=2", alt: 'Shoes "on sale"'}}\n`
  const trackers = 'trackers: {impression: ["https://px.example/i?cb=${CACHEBUSTER}&c=1"]}\n'
  const snapshot = await snapshotWith(creative('image', format + trackers), ['image'])
  assert.equal(
    markupOf(snapshot, 'image'),
    '<a href="[CLICK_URL]" target="_blank" rel="noopener nofollow"><img src="https://cdn.acme.example/a.png?x=1&amp;y=2"' +
      ' width="300" height="250" alt="Shoes &quot;on sale&quot;" style="border:0;display:block"></a>' +
      '<img src="https://px.example/i?cb=[CACHEBUSTER]&amp;c=1" width="1" height="1" alt="" style="position:absolute;visibility:hidden">' +
      '<img src="[BILLING_URL]" width="1" height="1" alt="" style="position:absolute;visibility:hidden">',
  )
})

test('markup of a file is taken as it is; http in it makes the creative insecure', async () => {
  const files = creative('tag', 'format: {banner: {size: 300x250, type: third_party_tag}}\ntag: tag.html\n')
  const html = '<script src="http://ad.example/a.js?c=${CLICK_URL_ENC}"></script>\n'
  const snapshot = await snapshotWith({ ...files, 'campaigns/acme/tag.html': html }, ['tag', 'b-300x250'])
  assert.ok(
    markupOf(snapshot, 'tag').startsWith('<script src="http://ad.example/a.js?c=[CLICK_URL_ENC]"></script>\n<img'),
  )
  assert.equal(snapshot.creative.secure[rowOf(snapshot, 'tag')], 0)
  assert.equal(snapshot.creative.secure[rowOf(snapshot, 'b-300x250')], 1)
})

test('a video of ours is VAST with its media, clicks, our impression and verification', async () => {
  const media =
    '[{url: "https://cdn.acme.example/v.mp4?a=1&b=2", mime: video/mp4, w: 1280, h: 720, bitrate_kbps: 2000}]'
  const format = `name: Spring & "co"\nformat: {video: {duration: 90s, vast: "4.2", skippable: true, media: ${media}, api: [omid_1]}}\n`
  const trackers =
    'trackers: {click: ["https://px.example/c"], omid: {vendor: v.example, script: "https://v.example/o.js", params: "a]]>b"}}\n'
  const snapshot = await snapshotWith(creative('film', format + trackers), ['film'])
  const vast = markupOf(snapshot, 'film')
  assert.ok(vast.startsWith('<?xml version="1.0" encoding="UTF-8"?><VAST version="4.2"><Ad id="film"><InLine>'))
  for (const part of [
    '<AdTitle>Spring &amp; &quot;co&quot;</AdTitle>',
    '<Impression><![CDATA[[BILLING_URL]]]></Impression>',
    '<AdServingId>[AUCTION_ID_ENC]-[IMP_ID_ENC]</AdServingId>',
    '<Linear skipoffset="00:00:05"><Duration>00:01:30</Duration>',
    '<ClickThrough><![CDATA[[CLICK_URL]]]></ClickThrough><ClickTracking><![CDATA[https://px.example/c]]></ClickTracking>',
    'type="video/mp4" bitrate="2000" width="1280" height="720"',
    '<![CDATA[https://cdn.acme.example/v.mp4?a=1&b=2]]></MediaFile>',
    '<AdVerifications><Verification vendor="v.example"><JavaScriptResource apiFramework="omid" browserOptional="true">',
    '<VerificationParameters><![CDATA[a]]]]><![CDATA[>b]]></VerificationParameters>',
  ])
    assert.ok(vast.includes(part), `${part} is in ${vast}`)
  const row = rowOf(snapshot, 'film')
  const { protocols, apis, duration_s, w, h, attributes } = snapshot.creative
  assert.equal(protocols[row], 1 << 13)
  assert.equal(apis[row], 1 << 7)
  assert.equal(attributes[row], 1 << 16)
  assert.deepEqual([duration_s[row], w[row], h[row]], [90, 1280, 720])
  assert.deepEqual(stringsOf(snapshot, 'mimes', row), ['video/mp4'])
})

test('a tag of somebody else is wrapped, and tracks our click', async () => {
  const format =
    'format: {audio: {duration: 30s, vast: "3.0", vast_tag: "https://ad.example/vast?cb=${CACHEBUSTER}", mimes: [audio/mpeg]}}\n'
  const snapshot = await snapshotWith(creative('spot', format), ['spot'])
  assert.equal(
    markupOf(snapshot, 'spot'),
    '<?xml version="1.0" encoding="UTF-8"?><VAST version="3.0"><Ad id="spot"><Wrapper><AdSystem>Flightplan</AdSystem>' +
      '<VASTAdTagURI><![CDATA[https://ad.example/vast?cb=[CACHEBUSTER]]]></VASTAdTagURI>' +
      '<Impression><![CDATA[[BILLING_URL]]]></Impression><Creatives><Creative><Linear><VideoClicks>' +
      '<ClickTracking><![CDATA[[CLICK_URL]]]></ClickTracking></VideoClicks></Linear></Creative></Creatives></Wrapper></Ad></VAST>',
  )
  assert.equal(snapshot.creative.protocols[rowOf(snapshot, 'spot')], 1 << 6)
})

test('a native ad is assets by their numbers', async () => {
  const format = `format: {native: {title: 'A "title"', cta: Buy, images: {main: {url: "https://cdn.acme.example/m.jpg", w: 1200, h: 627}}}}\n`
  const snapshot = await snapshotWith(
    creative('native', `${format}trackers: {impression: ["https://px.example/i"]}\n`),
    ['native'],
  )
  const row = rowOf(snapshot, 'native')
  assert.equal(snapshot.creative.template[row], NONE)
  assert.deepEqual(nativeOf(snapshot, row), {
    version: '1.2',
    title: 'A "title"',
    images: [{ type: 3, url: 'https://cdn.acme.example/m.jpg', w: 1200, h: 627 }],
    data: [
      { type: 1, value: 'Acme' },
      { type: 12, value: 'Buy' },
    ],
    impression_trackers: ['https://px.example/i'],
    click_trackers: [],
  })
})

test('the dates of a creative are in the zone of each campaign that shows it', async () => {
  const format = 'format: {banner: {size: 300x250, type: image, image: "https://cdn.acme.example/a.png"}}\n'
  const files = creative('dated', `${format}active: {from: "2026-03-01 00:00", to: "2026-03-31 23:59"}\n`)
  const other = campaign('a: {bid: {cpm: 1}, creatives: {dated: 1}}')
    .replace('Europe/Berlin', 'America/New_York')
    .replace('campaign: camp', 'campaign: us')
  const snapshot = await snapshotWith(files, ['dated', 'b-300x250'], { 'campaigns/acme/us.yaml': other })
  const { id_str, active_from_ms, active_to_ms } = snapshot.creative
  const rows = Array.from(id_str, str => snapshot.strings.get(str)).flatMap((id, row) => (id === 'dated' ? [row] : []))
  const dates = rows.map(row => [active_from_ms[row]!, active_to_ms[row]!].map(ms => new Date(ms).toISOString()))
  assert.deepEqual(dates.sort(), [
    ['2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['2026-03-01T05:00:00.000Z', '2026-04-01T04:00:00.000Z'],
  ])
  assert.equal(active_to_ms[rowOf(snapshot, 'b-300x250')], Number.POSITIVE_INFINITY)
})
