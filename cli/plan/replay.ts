/**
 * The recorded auctions through two releases side by side, in the order of time: the engine's own `select` and
 * `decide`, each with budgets of its own. Pure but for the models that must be run.
 */
import type { RecordedAuction } from '@flightplan/contract/traffic.ts'
import { hash32 } from '@flightplan/engine/hash.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import type { Decision } from '@flightplan/engine/types.ts'
import type { Log } from './log.ts'
import { openSide, play, type Side } from './side.ts'
import type { Subject } from './subject.ts'
import { BLOCKS } from './tallies.ts'
import { Unseen } from './unseen.ts'
import { seenIn } from './win.ts'

/** An imp where one side bids and the other does not. */
export interface Flip {
  auction: number
  at_ms: number
  exchange: string
  imp: string
  line_item: string
  price_nano: number
  currency: string
  /** Why the other side does not bid. */
  because: string
}

export interface Replay {
  base: Side
  head: Side
  auctions: number
  from_ms: number
  to_ms: number
  /** Auctions whose bids differ. */
  touched: number
  newlyBid: { count: number; examples: Flip[] }
  newlyLost: { count: number; examples: Flip[] }
  /** What targeting of the head asks for and no auction of the log has. */
  unseen: Unseen
}

const EXAMPLES = 10

export async function replay(
  log: Log,
  subjects: { base: Subject; head: Subject },
  changed: ReadonlySet<string>,
  seed: number,
): Promise<Replay> {
  const landscape = log.landscape()
  const base = openSide(subjects.base, log.one_in)
  const head = openSide(subjects.head, log.one_in)
  const flips = { bid: new Examples(seed), lost: new Examples(seed) }
  const unseen = new Unseen(subjects.head)
  const isChanged = subjects.head.lineItems.map(id => changed.has(id))
  const asks = (i: number) => isChanged[i] === true || head.lastImp[i] === -1
  const span = { from_ms: Number.POSITIVE_INFINITY, to_ms: 0 }
  let [index, touched] = [0, 0]
  for (const recorded of log.read()) {
    const block = Math.floor((index++ * BLOCKS) / log.auctions)
    const auction = parseAuction(recorded.request)
    if (!auction) continue // 400: nobody decides it
    span.from_ms = Math.min(span.from_ms, recorded.at_ms)
    span.to_ms = Math.max(span.to_ms, recorded.at_ms)
    const moment = { recorded, auction, block, seen: seenIn(recorded) }
    const before = play(base, landscape, moment)
    const was = before instanceof Promise ? await before : before
    const after = play(head, landscape, moment)
    const is = after instanceof Promise ? await after : after
    unseen.see(is, recorded, asks)
    if (sameBids(base, was, head, is)) continue
    touched++
    flipped(flips.bid, recorded, { side: head, decision: is }, { side: base, decision: was })
    flipped(flips.lost, recorded, { side: base, decision: was }, { side: head, decision: is })
  }
  return {
    ...{ base, head, auctions: index, touched, unseen },
    ...(index > 0 ? span : { from_ms: 0, to_ms: 0 }),
    newlyBid: flips.bid.result(),
    newlyLost: flips.lost.result(),
  }
}

function sameBids(a: Side, was: Decision, b: Side, is: Decision): boolean {
  if (was.bids.length !== is.bids.length) return false
  return was.bids.every((bid, i) => {
    const other = is.bids[i]! // of one length
    const [one, two] = [a.subject.lineItems[bid.candidate.line_item], b.subject.lineItems[other.candidate.line_item]]
    return one === two && bid.price_nano === other.price_nano && bid.candidate.imp === other.candidate.imp
  })
}

interface Outcome {
  side: Side
  decision: Decision
}

/** Imps where `here` bids and `there` does not. */
function flipped(examples: Examples, recorded: RecordedAuction, here: Outcome, there: Outcome): void {
  for (const { candidate, price_nano, currency } of here.decision.bids) {
    const { imp, line_item } = candidate
    if (there.decision.bids.some(other => other.candidate.imp === imp)) continue
    const name = here.side.subject.lineItems[line_item]! // a candidate is a row of the table
    const { auction, at_ms, exchange } = recorded
    examples.offer(`${auction} ${imp.id}`, () => ({
      ...{ auction, at_ms, exchange, imp: imp.id, line_item: name, price_nano, currency },
      because: reasonOf(there, imp.id, name),
    }))
  }
}

function reasonOf({ side, decision }: Outcome, imp: string, name: string): string {
  const { lineItems } = side.subject
  const own = decision.losers.find(loser => loser.imp === imp && lineItems[loser.line_item] === name)
  if (own) return own.reason
  if (!lineItems.includes(name)) return 'not in the release'
  const isCandidate = decision.selection.candidates.some(
    ({ imp: other, line_item }) => other.id === imp && lineItems[line_item] === name,
  )
  return isCandidate ? (decision.reason ?? 'no_candidate') : (decision.selection.reason ?? 'targeting')
}

/** A few of many, spread over the log by hash: the same every time. */
class Examples {
  readonly #seed: string
  readonly #kept: { order: number; flip: Flip }[] = []
  #count = 0

  constructor(seed: number) {
    this.#seed = String(seed)
  }

  offer(key: string, make: () => Flip): void {
    this.#count++
    const order = hash32(this.#seed, key)
    if (this.#kept.length === EXAMPLES && order >= this.#kept.at(-1)!.order) return // ten are kept
    this.#kept.push({ order, flip: make() })
    this.#kept.sort((a, b) => a.order - b.order)
    this.#kept.splice(EXAMPLES)
  }

  result(): { count: number; examples: Flip[] } {
    return { count: this.#count, examples: this.#kept.map(({ flip }) => flip).sort((a, b) => a.auction - b.auction) }
  }
}
