import { isObject, type Json, type JsonObject } from './json.ts'
import { Random } from './random.ts'

/** A place in a JSON tree: its holder and the key or index in it. */
type Spot = { holder: JsonObject | Json[]; key: string | number }

// JSON.stringify cannot write NaN, a duplicate key or a broken literal. A marked string stands for such text in the
// tree and is replaced in the output. No request contains the mark.
const MARK = '\u00a7raw\u00a7'

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

/** Raw texts for a value: legal JSON of a wrong kind first, then what is not JSON at all. */
const VALUES: readonly ((random: Random) => string)[] = [
  () => 'null',
  () => 'true',
  () => '""',
  () => '{}',
  () => '[]',
  () => '[null]',
  () => '0',
  () => '-1',
  () => '1e999',
  () => '-1e999',
  () => '1e-400',
  () => '9007199254740993',
  () => '0.1000000000000000055511151231257827',
  random => `"${random.int(-5, 5000)}"`,
  random => `"${'x'.repeat(random.pick([1000, 20_000, 200_000]))}"`,
  random => `[${'0,'.repeat(random.pick([100, 20_000]))}0]`,
  random => `[${'{"id":"1"},'.repeat(random.pick([50, 5000]))}{}]`,
  random => nested('[', ']', random.pick([50, 1000, 20_000])),
  random => nested('{"a":', '}', random.pick([50, 1000, 20_000])).replace('{"a":}', '{"a":0}'),
  () => '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  () => '"__proto__"',
  () => '"constructor"',
  () => '"\\u0000\\ud800\\uffff"',
  () => '"\\u202e<script>\\u0024{AUCTION_PRICE}%00"',
  () => 'NaN',
  () => 'Infinity',
  () => 'undefined',
  () => "'single'",
  () => '01',
  () => '"\\x"',
]
const KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '0', 'id', 'imp', 'ext', 'k'.repeat(5000)]

/** Every holder and key below the root, in document order. */
function spots(value: Json, found: Spot[] = []): Spot[] {
  if (Array.isArray(value)) {
    value.forEach((member, key) => {
      found.push({ holder: value, key })
      spots(member, found)
    })
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      found.push({ holder: value, key })
      spots(member, found)
    }
  }
  return found
}

function put({ holder, key }: Spot, value: Json): void {
  if (Array.isArray(holder)) holder[Number(key)] = value
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The tree under change, and the raw text each mark stands for. */
type Draft = { root: Json; raw: string[] }

const mark = (draft: Draft, text: string) => `${MARK}${draft.raw.push(text) - 1}${MARK}`

type Change = (draft: Draft, spot: Spot, random: Random) => void

const drop: Change = (_, { holder, key }) => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}
const retype: Change = (draft, spot, random) => put(spot, mark(draft, random.pick(VALUES)(random)))
/** A key that is already there (the last one wins in V8, the first elsewhere), or one of the prototype chain. */
const addKey: Change = (draft, spot, random) => {
  const { holder, key } = spot
  if (Array.isArray(holder)) return retype(draft, spot, random)
  const name = random.chance(0.5) && !String(key).includes(MARK) ? String(key) : random.pick(KEYS)
  holder[mark(draft, JSON.stringify(name))] = mark(draft, random.pick(VALUES)(random))
}
const repeat: Change = (draft, spot, random) => {
  const { holder, key } = spot
  if (!Array.isArray(holder)) return drop(draft, spot, random)
  const member = holder[Number(key)] ?? null
  for (let copies = random.pick([1, 20, 300]); copies > 0; copies--) holder.push(member)
}
const transplant: Change = (draft, spot, random) => {
  const other = random.pick(spots(draft.root))
  const found = Array.isArray(other.holder) ? other.holder[Number(other.key)] : other.holder[other.key]
  put(spot, structuredClone(found ?? null)) // a copy, or a branch moved below itself would make a cycle
}
const CHANGES: readonly Change[] = [drop, drop, retype, retype, retype, addKey, repeat, transplant]

function changeTree(root: Json, random: Random): string {
  const draft: Draft = { root, raw: [] }
  for (let changes = random.pick([1, 1, 2, 3, 8]); changes > 0; changes--) {
    const places = spots(draft.root)
    if (places.length > 0) random.pick(CHANGES)(draft, random.pick(places), random)
  }
  // The quotes around a mark go too: what stands there is text, not a string.
  return JSON.stringify(draft.root).replace(
    /"\u00a7raw\u00a7(\d+)\u00a7raw\u00a7"/g,
    (_, at) => draft.raw[Number(at)] ?? 'null',
  )
}

const splice = (bytes: Buffer, at: number, cut: number, put: Buffer) =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])
const BAD_UTF8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map(bytes =>
  Buffer.from(bytes),
)

/** Damage below the level of JSON. */
const BYTE_CHANGES: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, random.int(0, bytes.length)),
  (bytes, random) => splice(bytes, random.int(0, bytes.length), 0, random.pick(BAD_UTF8)),
  bytes => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  bytes => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (bytes, random) => splice(bytes, random.int(0, bytes.length), 1, Buffer.from([random.int(0, 255)])),
  (bytes, random) => splice(bytes, random.int(0, bytes.length), random.int(1, 200), Buffer.alloc(0)),
  (bytes, random) => Buffer.concat([bytes, Buffer.from(random.pick([' ', '}', '\0', ',', '{}', '\n\n']))]),
  bytes => Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]),
  bytes => Buffer.from(JSON.stringify(bytes.toString('utf8'))),
  bytes => Buffer.concat([Buffer.from(' '.repeat(5000)), bytes]),
]

/** Deeper trees are changed as bytes only: JSON.stringify and structuredClone recurse, and would overflow the stack. */
const MAX_DEPTH = 500
const OPEN = new Set(Buffer.from('[{'))
const CLOSE = new Set(Buffer.from(']}'))

/** The deepest nesting, or more where strings hold brackets. */
function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  for (const byte of bytes) {
    if (OPEN.has(byte)) deepest = Math.max(deepest, ++depth)
    else if (CLOSE.has(byte)) depth--
  }
  return deepest
}

function parsed(bytes: Buffer): Json | undefined {
  if (depthOf(bytes) > MAX_DEPTH) return undefined
  // Input of the mutator may be broken already: it is then changed as bytes only.
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * A damaged copy of a request for fuzz tests: attributes dropped, retyped, repeated, moved; keys doubled or named like
 * the prototype chain; numbers JSON cannot hold; deep or huge values; in one of four the bytes too (cut, bad UTF-8,
 * BOM, UTF-16). Seeded: equal seed and input give equal bytes. The input is not changed. May, rarely, be harmless.
 */
export function mutate(seed: number, input: JsonObject | Buffer): Buffer {
  const random = new Random(seed, 0x3070)
  const original = Buffer.isBuffer(input) ? input : Buffer.from(JSON.stringify(input))
  const root = parsed(original)
  const tree = root !== undefined && random.chance(0.92)
  const bytes = tree ? Buffer.from(changeTree(root, random)) : original
  return tree && random.chance(0.8) ? bytes : random.pick(BYTE_CHANGES)(bytes, random)
}
