import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { noCorpus } from '../../conformance/requests.ts'
import { elements, parseXml } from '../../conformance/xml.ts'

const WELL_FORMED = [
  '<?xml version="1.0"?><a><b c="1" d=\'2\'/>text &amp; &#39; <![CDATA[ <&]] > ]]></a>',
  '<!-- first --><a:b xmlns:a="http://a.example"><c.d-e/></a:b>\n',
  '<a><![CDATA[1]]]]><![CDATA[>2]]></a>',
]
const BROKEN: Record<string, string> = {
  nothing: '',
  'not closed': '<a><b></a>',
  'closed twice': '<a></a></a>',
  'two roots': '<a/><b/>',
  'text beside the root': '<a/>x',
  'a bare ampersand': '<a>b&c</a>',
  'a bare ampersand in an attribute': '<a b="c&d"/>',
  'an attribute without quotes': '<a b=c/>',
  'an attribute twice': '<a b="1" b="2"/>',
  'an open CDATA': '<a><![CDATA[x</a>',
  'an open comment': '<a><!-- x</a>',
  'a control character': '<a>\u0001</a>',
  'a tag in an attribute': '<a b="<"/>',
}

test('well-formed XML is read', () => {
  for (const source of WELL_FORMED) assert.equal(typeof parseXml(source), 'object', source)
  const root = parseXml('<a><b>1</b><c><b>2<!-- - --><![CDATA[&3]]></b></c></a>')
  assert.ok(typeof root === 'object')
  assert.deepEqual(
    elements(root, 'b').map(({ text }) => text),
    ['1', '2&3'],
  )
})

for (const [name, source] of Object.entries(BROKEN))
  test(`XML is refused: ${name}`, () => assert.equal(typeof parseXml(source), 'string'))

test('real VAST is told from broken VAST', { skip: noCorpus }, t => {
  const path = new URL('../../../../shared/corpus/vast.ndjson.gz', import.meta.url)
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n')
  const documents = lines.map(line => JSON.parse(line) as { xml: string; wellformed: boolean }) // as its README says
  const differ = documents.filter(({ xml, wellformed }) => (typeof parseXml(xml) === 'object') !== wellformed)
  t.diagnostic(`${documents.length} documents, ${differ.length} judged otherwise`)
  assert.deepEqual(
    differ.map(({ xml, wellformed }) => `${wellformed} ${parseXml(xml)}: ${xml.slice(0, 80)}`),
    [],
  )
})
