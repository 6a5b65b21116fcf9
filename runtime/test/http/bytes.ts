import { gzipSync } from 'node:zlib'

/** A small seeded generator (mulberry32), so that a printed seed repeats a run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const METHODS = [
  'POST',
  'POST',
  'POST',
  'POST',
  'GET',
  'PUT',
  'HEAD',
  'OPTIONS',
  'CONNECT',
  'PRI',
  'post',
  'QUERY',
  'SOURCE',
]
const TARGETS = [
  ...[
    '/openrtb2/a',
    '/openrtb2/a',
    '/openrtb2/b?x=1',
    '/',
    '*',
    'http://h/openrtb2/a',
    '/openrtb2/a#f',
    '/openrtb2/ä',
    'h:80',
  ],
  ...[
    '//openrtb2/a',
    '/openrtb2/a%20b',
    '/openrtb2/a b',
    '',
    '/openrtb2/a\t',
    '/openrtb2/a?\x7f',
    '/openrtb2/a?"<>^`{|}\\',
  ],
]
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTP/01.1',
  'RTSP/1.0',
]
const HEADERS = [
  ...[
    'Host: h',
    'Connection: close',
    'Connection: keep-alive',
    'Connection: keep-alive, close',
    'Connection: x, Close',
    'Connection: ',
  ],
  ...[
    'Connection: upgrade',
    'Upgrade: h2c',
    'Upgrade: websocket',
    'Proxy-Connection: close',
    'Keep-Alive: timeout=1',
    'TE: trailers',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'transfer-encoding:\tchunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding : chunked',
  ],
  ...[
    'Content-Length: 0',
    'Content-Length: 5',
    'Content-Length: 05',
    'content-length:5',
    'Content-Length: 5 ',
    'Content-Length: 5\t',
  ],
  ...[
    'Content-Length: +5',
    'Content-Length: -1',
    'Content-Length: 5, 5',
    'Content-Length: 0x5',
    'Content-Length:',
    'Content-Length: 1 2',
  ],
  ...[
    'Content-Length:\t5',
    'Content-Length: 99999999999999999999',
    'Content-Length\0: 5',
    'Content-Length:\x0b5',
    'Content_Length: 5',
  ],
  ...[
    'Content-Encoding: gzip',
    'Content-Encoding: GZIP ',
    'Content-Encoding: br',
    'Content-Encoding: gzip\xa0',
    'Content-Encoding:',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: 200-ok',
    'Accept-Encoding: gzip',
    'a: b',
    ' folded',
    '\tfolded',
    ': none',
    'no colon',
    'a\x80: b',
  ],
  ...[
    'a: \x80\xff',
    'a: b\0',
    'a: b\rc',
    'a: \x01',
    'a:',
    'x: a\r',
    'x\t: y',
    'Trailer: x',
    'a: \x7f',
    '"a": b',
    'a:: b',
    'host: h2',
  ],
]
const ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\n\r', ' \r\n']
const BODIES = [
  '',
  'hello',
  'hello',
  '{"id":"1"}',
  '5\r\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '\r\n\r\n',
  gzipSync('hi').toString('latin1'),
]
const NOISE = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '\x80',
  '\xff',
  '\x0b',
  'GET / HTTP/1.1\r\nHost: h\r\n\r\n',
]

type Random = (below: number) => number
const pick = (random: Random, list: readonly string[]) => list[random(list.length)] ?? ''

/** A stream of one to four requests, mostly well formed, some of it mutated; latin1 text. */
export function rawStream(random: Random): string {
  let stream = ''
  for (let left = 1 + random(4); left > 0; left--) stream += random(3) === 0 ? oddRequest(random) : plainRequest(random)
  for (let left = random(3) === 0 ? 1 + random(3) : 0; left > 0; left--) stream = mutated(random, stream)
  return stream
}

function plainRequest(random: Random): string {
  const body = pick(random, BODIES)
  const headers = ['Host: h', `Content-Length: ${body.length}`]
  if (random(2) === 0) headers.splice(random(3), 0, pick(random, HEADERS))
  return `POST ${pick(random, ['/openrtb2/a', '/openrtb2/b'])} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`
}

function oddRequest(random: Random): string {
  const end = () => (random(4) === 0 ? pick(random, ENDS) : '\r\n')
  let text = `${pick(random, METHODS)} ${pick(random, TARGETS)} ${pick(random, VERSIONS)}${end()}`
  if (random(8) > 0) text += `Host: h${end()}`
  for (let left = random(5); left > 0; left--) text += `${pick(random, HEADERS)}${end()}`
  return `${text}${end()}${pick(random, BODIES)}`
}

function mutated(random: Random, stream: string): string {
  const at = random(stream.length + 1)
  const length = random(4)
  if (random(3) === 0) return stream.slice(0, at) + stream.slice(at + length)
  if (random(2) === 0) return stream.slice(0, at) + pick(random, NOISE) + stream.slice(at)
  return stream.slice(0, at) + String.fromCharCode(random(256)) + stream.slice(at + 1)
}
