import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const CORPUS = new URL('../../../../shared/corpus/', import.meta.url)

/** The `skip` option of a corpus test: false, or why it is skipped. */
export const skipCorpus = existsSync(CORPUS) ? false : 'no ../shared/corpus folder'

export interface CorpusLine {
  id: string
  tags?: string[]
  request?: unknown
  raw?: unknown
}

export function corpusFiles(): string[] {
  return readdirSync(CORPUS).filter(name => /^(requests-.*|malformed)\.ndjson\.gz$/.test(name))
}

export function corpusLines(name: string): CorpusLine[] {
  const lines = gunzipSync(readFileSync(new URL(name, CORPUS)))
    .toString()
    .trim()
    .split('\n')
  return lines.map(line => JSON.parse(line) as CorpusLine) // test data of a known shape
}

/** A request that fills every part of an Auction, personal fields in the places of 2.6 and 2.5. */
export const FULL_REQUEST = {
  id: 'a-1',
  at: 1,
  tmax: 120,
  cur: ['EUR', 'USD'],
  bcat: ['IAB25'],
  badv: ['rival.example'],
  imp: [
    {
      id: '1',
      bidfloor: 0.5,
      bidfloorcur: 'EUR',
      secure: 1,
      instl: 1,
      tagid: 'top',
      exp: 60,
      banner: { format: [{ w: 300, h: 250 }], pos: 1, battr: [1, 3], api: [5, 7], mimes: ['image/png'] },
      video: {
        mimes: ['video/mp4'],
        minduration: 5,
        maxduration: 30,
        protocols: [2, 3, 7],
        w: 640,
        h: 360,
        plcmt: 1,
        skip: 0,
        linearity: 1,
        startdelay: 0,
        podid: 'pod',
        poddur: 90,
        maxseq: 3,
      },
      audio: { mimes: ['audio/mpeg'], maxduration: 15 },
      native: {
        request: JSON.stringify({
          ver: '1.2',
          assets: [
            { id: 1, required: 1, title: { len: 25 } },
            { id: 2, img: { type: 3, wmin: 300, hmin: 200 } },
          ],
          eventtrackers: [{ event: 1, methods: [1, 2] }],
        }),
      },
      pmp: { private_auction: 1, deals: [{ id: 'd-1', bidfloor: 2, at: 3, wseat: ['s'], wadomain: ['x.example'] }] },
    },
  ],
  site: {
    id: 's1',
    domain: 'www.news.example',
    page: 'https://www.news.example/a?b',
    cat: ['IAB12'],
    keywords: 'news, sport',
    publisher: { id: 'p1' },
    content: { genre: 'News', livestream: 1, qagmediarating: 1, series: 'Daily' },
  },
  device: {
    ua: 'Mozilla/5.0',
    ip: '192.0.2.7',
    ipv6: '2001:db8::7',
    ifa: 'f0f0f0f0-0000-4000-8000-000000000001',
    devicetype: 4,
    os: 'Android',
    osv: '14',
    sua: { browsers: [{ brand: 'Chromium', version: ['120', '0'] }], platform: { brand: 'Android', version: ['14'] } },
    geo: {
      country: 'DEU',
      region: 'by',
      city: 'Munich',
      zip: '80331',
      lat: 48.13,
      lon: 11.57,
      accuracy: 20,
      utcoffset: 60,
    },
  },
  user: {
    id: 'u1',
    buyeruid: 'b1',
    yob: 1980,
    gender: 'F',
    keywords: 'runner',
    kwarray: ['cyclist'],
    consent: 'CONSENT-26',
    data: [{ id: 'dmp', segment: [{ id: 'seg1' }] }],
    eids: [{ source: 'id.example', uids: [{ id: 'e1' }] }],
    geo: { country: 'AUT', lat: 47, lon: 13 },
    ext: { consent: 'CONSENT-25', eids: [{ source: 'old.example', uids: [{ id: 'e0' }] }] },
  },
  regs: { gdpr: 1, us_privacy: '1YNN', gpp: 'GPP-26', gpp_sid: [2], coppa: 0, ext: { dsa: { dsarequired: 2 } } },
  source: { schain: { complete: 1, nodes: [{ asi: 'ssp.example', sid: '77', hp: 1 }] } },
}
