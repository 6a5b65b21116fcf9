import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemo } from '../../judge/memo.ts'
import { policyInput } from '../../judge/policy-input.ts'
import { parseAuction } from '../../parse/parse.ts'
import { corpusFiles, corpusLines, FULL_REQUEST, skipCorpus } from '../parse/requests.ts'
import { auctionOf, factsOf, OURS } from './inputs.ts'

const AT_HOUR_5 = Date.UTC(2027, 2, 1, 5, 59)

test('the whole input of a full request', () => {
  const input = policyInput(auctionOf(FULL_REQUEST), 'openx', OURS, factsOf(), AT_HOUR_5)
  assert.deepEqual(input, {
    exchange: 'openx',
    test: false,
    channel: 'site',
    geo: { country: 'DE', region: 'DE-BY' },
    privacy: {
      gdpr: true,
      gdpr_applies: true,
      tcf_valid: false,
      vendor_allowed: false,
      purposes: [],
      precise_geo_opt_in: false,
      us_opt_out: false,
      coppa: false,
      lmt: false,
      dnt: false,
      gpc: false,
      dsa: 2,
    },
    supply: { complete: true, hops: 1, ads_txt: 'unknown' },
    traffic: { invalid: false },
    content: { rating: 1, categories: ['1:IAB12'], livestream: true },
    device: { type: 4, os: 'Android' },
    hour_utc: 5,
  })
})

test('ads.txt: the first node must be listed for the bundle, the domain or a parent domain', () => {
  const facts = factsOf({
    sellers: { 'news.example': ['SSP.example/77'], 'com.App': ['ssp.example/78'], 'own.news.example': ['x.example/1'] },
  })
  const node = (sid: string) => ({ asi: 'ssp.example', sid, hp: 1 })
  const chain = (...sids: string[]) => ({ source: { schain: { complete: 1, nodes: sids.map(node) } } })
  const cases: [string, object, string][] = [
    ['listed', { site: { domain: 'news.example' }, ...chain('77') }, 'authorized'],
    ['listed for the parent', { site: { domain: 'www.news.example' }, ...chain('77') }, 'authorized'],
    ['the subdomain has its own file', { site: { domain: 'own.news.example' }, ...chain('77') }, 'unauthorized'],
    ['not listed', { site: { domain: 'news.example' }, ...chain('79') }, 'unauthorized'],
    [
      'only a reseller down the chain is listed',
      { site: { domain: 'news.example' }, ...chain('79', '77') },
      'unauthorized',
    ],
    ['bundle', { app: { bundle: 'com.App' }, ...chain('78') }, 'authorized'],
    ['bundle before domain', { app: { bundle: 'com.App', domain: 'news.example' }, ...chain('77') }, 'unauthorized'],
    ['no file known', { site: { domain: 'other.example' }, ...chain('77') }, 'unknown'],
    ['no chain', { site: { domain: 'news.example' } }, 'unknown'],
    ['empty chain', { site: { domain: 'news.example' }, ...chain() }, 'unknown'],
  ]
  for (const [name, fields, verdict] of cases) {
    assert.equal(policyInput(auctionOf(fields), 'x', OURS, facts, 0).supply.ads_txt, verdict, name)
  }
})

test('invalid traffic: address in either field, part of the agent in any case', () => {
  const facts = factsOf({ networks: ['192.0.2.0/24', '2001:db8::/32'], agents: ['BadBot', ''] })
  const cases: [object, boolean][] = [
    [{ ip: '192.0.2.9' }, true],
    [{ ip: '192.0.3.9' }, false],
    [{ ipv6: '2001:db8::9' }, true],
    [{ ip: '2001:db8::9' }, true],
    [{ ua: 'Mozilla/5.0 (compatible; badbot/2)' }, true],
    [{ ua: 'Mozilla/5.0' }, false],
    [{}, false],
  ]
  const memo = createMemo()
  for (const [device, invalid] of [...cases, ...cases]) {
    for (const used of [memo, undefined]) {
      const input = policyInput(auctionOf({ device }), 'x', OURS, facts, 0, used)
      assert.equal(input.traffic.invalid, invalid, JSON.stringify(device))
    }
  }
})

test('every real request gives an input, the same with the memo', { skip: skipCorpus }, t => {
  const memo = createMemo()
  const facts = factsOf({ networks: ['192.168.0.0/16'], agents: ['bot'] })
  const counts = { inputs: 0, gdpr_applies: 0, tcf_valid: 0, us_opt_out: 0, invalid: 0 }
  for (const file of corpusFiles()) {
    for (const line of corpusLines(file)) {
      const auction = parseAuction(line.request)
      if (auction === null) continue
      const input = policyInput(auction, 'x', OURS, facts, 0, memo)
      assert.deepEqual(policyInput(auction, 'x', OURS, facts, 0), input)
      counts.inputs += 1
      counts.gdpr_applies += Number(input.privacy.gdpr_applies)
      counts.tcf_valid += Number(input.privacy.tcf_valid)
      counts.us_opt_out += Number(input.privacy.us_opt_out)
      counts.invalid += Number(input.traffic.invalid)
    }
  }
  t.diagnostic(JSON.stringify(counts))
  for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, name)
})
