/** A traffic log, read: where its auctions come from (a file, or memory), and in which order. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  type BidOutcome,
  type OutcomeLine,
  type RecordedAuction,
  TRAFFIC_FORMAT,
  type TrafficHeader,
} from '@flightplan/contract/traffic.ts'
import { badInput } from '../exit.ts'
import { Landscape } from './landscape.ts'
import { type Lesson, learn, lessonsOf } from './win.ts'

export interface Log {
  one_in: number
  source: string
  /** Of the file's bytes; says in a plan which log it is of. */
  digest: string
  /** How many auctions there are. */
  auctions: number
  /** When the last of them was. */
  to_ms: number
  /** What the outcomes of all bids tell of the market. */
  landscape(): Landscape
  /** Each time anew, in the order of time. */
  read(): Iterable<RecordedAuction>
}

/** A log unpacked beyond this is a mistake: a million auctions and more. */
const MAX_BYTES = 4_000_000_000

/** Reads a log from the disk, gzip or plain. @throws Stop with the line where it is no log */
export function openLog(file: string): Log {
  const packed = readFileSync(file)
  const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? unpack(packed, file) : packed
  const lines = lineEnds(bytes)
  const header = headerOf(bytes.subarray(0, lines[0] ?? 0), file)
  const outcomes = new Map<number, OutcomeLine[]>()
  const auctions: Indexed[] = []
  for (let i = 1; i < lines.length; i++) {
    const [from, to] = [lines[i - 1]! + 1, lines[i]!]
    if (from === to) continue
    const line = parse(bytes.subarray(from, to), file, i + 1)
    if (isAuction(line)) auctions.push({ from, to, at_ms: line.at_ms, number: line.auction, lessons: lessonsOf(line) })
    else if (isOutcome(line)) outcomes.set(line.of, [...(outcomes.get(line.of) ?? []), line])
    else throw badInput(`${file}:${i + 1} is neither an auction nor an outcome`)
  }
  // Threads write one log each and a person may join them: budgets need the order of time.
  auctions.sort((a, b) => a.at_ms - b.at_ms)
  return {
    ...header,
    digest: `sha256:${createHash('sha256').update(packed).digest('hex')}`,
    auctions: auctions.length,
    to_ms: auctions.at(-1)?.at_ms ?? 0,
    landscape() {
      const landscape = new Landscape()
      for (const { number, lessons } of auctions) learn(landscape, lessons, outcomes.get(number))
      return landscape
    },
    *read() {
      for (const { from, to } of auctions) {
        const auction = JSON.parse(bytes.toString('utf8', from, to)) as RecordedAuction // isAuction has seen it
        yield withOutcomes(auction, outcomes.get(auction.auction))
      }
    },
  }
}

/** A log that is in memory, in the order of time: of a simulation. */
export function openLogOf(auctions: readonly RecordedAuction[], header: Pick<TrafficHeader, 'one_in' | 'source'>): Log {
  return {
    ...header,
    digest: '',
    auctions: auctions.length,
    to_ms: auctions.at(-1)?.at_ms ?? 0,
    landscape() {
      const landscape = new Landscape()
      for (const auction of auctions) learn(landscape, lessonsOf(auction))
      return landscape
    },
    *read() {
      // The engine may keep parts of what it parses.
      for (const auction of auctions) yield { ...auction, request: structuredClone(auction.request) }
    },
  }
}

/** Where an auction is, and what its bids tell: a request is parsed again when its turn comes, none is kept. */
interface Indexed {
  from: number
  to: number
  at_ms: number
  number: number
  lessons: Lesson[]
}

function unpack(packed: Buffer, file: string): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_BYTES })
  } catch (error) {
    throw badInput(`${file} cannot be unpacked: ${error instanceof Error ? error.message : error}`)
  }
}

/** Offsets of the line feeds. A last line without one was cut off while it was written, and is left out. */
function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = []
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) ends.push(at)
  return ends
}

function parse(bytes: Buffer, file: string, line: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw badInput(`${file}:${line} is not JSON: the log is damaged there`)
  }
}

function headerOf(bytes: Buffer, file: string): Pick<TrafficHeader, 'one_in' | 'source'> {
  const header = bytes.length > 0 ? parse(bytes, file, 1) : null
  const { traffic, one_in, source } = (header ?? {}) as Partial<TrafficHeader> // checked below
  if (traffic !== TRAFFIC_FORMAT || !Number.isSafeInteger(one_in) || one_in === undefined || one_in < 1)
    throw badInput(`${file} is no traffic log: its first line has no {"traffic": ${TRAFFIC_FORMAT}, "one_in": N}`)
  return { one_in, source: String(source ?? '') }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function isAuction(line: unknown): line is RecordedAuction {
  if (!isObject(line) || !isObject(line['request']) || !Array.isArray(line['bids'])) return false
  return Number.isFinite(line['at_ms']) && typeof line['exchange'] === 'string' && Number.isInteger(line['auction'])
}

const isOutcome = (line: unknown): line is OutcomeLine =>
  isObject(line) && Number.isInteger(line['of']) && typeof line['won'] === 'boolean'

function withOutcomes(auction: RecordedAuction, outcomes: readonly OutcomeLine[] | undefined): RecordedAuction {
  if (!outcomes) return auction
  const bids = auction.bids.map(bid => {
    const told = outcomes.find(({ imp, deal }) => imp === bid.imp && deal === bid.deal)
    return told ? { ...bid, outcome: outcomeOf(told) } : bid
  })
  return { ...auction, bids }
}

const outcomeOf = ({ won, paid_nano, min_nano }: OutcomeLine): BidOutcome => ({
  won,
  ...(paid_nano !== undefined && { paid_nano }),
  ...(min_nano !== undefined && { min_nano }),
})
