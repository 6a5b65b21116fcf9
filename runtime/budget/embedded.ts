/**
 * The books in one process, for a bidder without Redis: the same rules as scripts.ts in plain TypeScript. What is settled
 * and open is written to a file, whole, at most every {@link WRITE_MS}: what a crash forgets is less than that, and the
 * ledger of events has it (`rebuild`).
 */
import { readIfThere, writeDurably } from '../store/durable.ts'
import type { Balance, Booked, Booking, Books, Grant, LeaseAnswer, LeaseRequest, LeaseRow, Truth } from './port.ts'

const WRITE_MS = 1000
const FORMAT = 1

type Column = keyof Balance
interface Claim {
  account: string
  day: number
  claim_nano: number
  used_nano: number
  sequence: number
  isHard: boolean
  ends_ms: number
}
interface Campaign {
  from_ms: number | null
  stopped: boolean
  balances: Map<string, Balance>
  claims: Map<string, Claim>
  /** Bid → `s` settled or `r` released, and until when that is remembered. */
  bids: Map<string, { how: 's' | 'r'; until_ms: number }>
}

/** @param file where the books are kept; null: in memory only (tests) */
export async function openEmbeddedBooks(file: string | null, now_ms: () => number): Promise<Books> {
  const campaigns = file ? parse(await readIfThere(file)) : new Map<string, Campaign>()
  const saver = file ? openSaver(() => writeDurably(file, format(campaigns))) : null
  const of = (campaign: string): Campaign => {
    const known = campaigns.get(campaign) ?? newCampaign()
    campaigns.set(campaign, known)
    return known
  }
  const changed = <T>(result: T): T => {
    saver?.soon()
    return result
  }
  return {
    lease: async request => changed(lease(of(request.campaign), request)),
    settle: async booking => changed(book(of(booking.campaign), booking, 's', now_ms())),
    release: async booking => changed(book(of(booking.campaign), booking, 'r', now_ms())),
    async reconcile(campaign, truths) {
      const diffs = truths.map(truth => setTruth(of(campaign), truth))
      return changed(diffs)
    },
    async setStopped(campaign, stopped) {
      of(campaign).stopped = stopped
      changed(null)
    },
    async rebuild(campaign, truths, seen, from_ms) {
      const fresh = { ...newCampaign(), from_ms, stopped: of(campaign).stopped }
      for (const { bid, remember_ms } of seen) fresh.bids.set(bid, { how: 's', until_ms: now_ms() + remember_ms })
      for (const truth of truths) setTruth(fresh, truth)
      campaigns.set(campaign, fresh)
      changed(null)
    },
    async balance(campaign, account, day) {
      const { from_ms, balances } = of(campaign)
      return from_ms === null ? null : { ...(balances.get(`${account}|${day ?? 'all'}`) ?? NOTHING) }
    },
    close: async () => saver?.close(),
  }
}

const NOTHING: Balance = { settled_nano: 0, lost_nano: 0, open_nano: 0, claimed_nano: 0 }

const newCampaign = (): Campaign => ({
  ...{ from_ms: null, stopped: false, balances: new Map(), claims: new Map(), bids: new Map() },
})

function add({ balances }: Campaign, account: string, day: number, column: Column, amount: number): void {
  for (const key of [`${account}|${day}`, `${account}|all`]) {
    const balance = balances.get(key) ?? { ...NOTHING }
    balance[column] += amount
    balances.set(key, balance)
  }
}

const spent = ({ balances }: Campaign, key: string): number => {
  const { settled_nano, lost_nano, open_nano, claimed_nano } = balances.get(key) ?? NOTHING
  return settled_nano + lost_nano + open_nano + claimed_nano
}

/** What ran out: `hard` keeps all of it as open, nobody knows which of it was bid. */
function sweep(campaign: Campaign, now_ms: number): void {
  for (const [key, { account, day, claim_nano, isHard, ends_ms }] of campaign.claims) {
    if (ends_ms > now_ms) continue
    add(campaign, account, day, 'claimed_nano', -claim_nano)
    if (isHard) add(campaign, account, day, 'open_nano', claim_nano)
    campaign.claims.delete(key)
  }
}

function lease(campaign: Campaign, request: LeaseRequest): LeaseAnswer {
  const { node, sequence, now_ms, rows } = request
  if (campaign.from_ms === null || now_ms < campaign.from_ms) return { state: 'unbuilt' }
  sweep(campaign, now_ms)
  const isLate = rows.some(row => sequence <= (campaign.claims.get(keyOf(row, node))?.sequence ?? -1))
  return isLate ? { state: 'stale' } : { state: 'granted', grants: rows.map(row => grant(campaign, request, row)) }
}

const keyOf = ({ account, day }: LeaseRow, node: string): string => `${account}|${day}|${node}`

function grant(
  campaign: Campaign,
  { node, sequence, mode, expires_ms, forget_ms }: LeaseRequest,
  row: LeaseRow,
): Grant {
  const { account, day, used_nano, open_nano, want_nano } = row
  const key = keyOf(row, node)
  const known = campaign.claims.get(key)
  const isVoid = known === undefined && row.held_nano > 0
  const held_nano = isVoid ? 0 : row.held_nano
  const isHard = mode === 'hard'
  if (isHard && known) add(campaign, account, day, 'open_nano', used_nano - known.used_nano)
  const before_nano = known?.claim_nano ?? 0
  const [left_nano, short] = leftOf(campaign, row, before_nano)
  const target_nano = Math.max(0, Math.min(want_nano, left_nano - open_nano))
  const claim_nano = open_nano + Math.max(held_nano, target_nano)
  add(campaign, account, day, 'claimed_nano', claim_nano - before_nano)
  const ends_ms = isHard ? expires_ms : forget_ms
  if (claim_nano > 0 || want_nano > 0)
    campaign.claims.set(key, { account, day, claim_nano, used_nano, sequence, isHard, ends_ms })
  else campaign.claims.delete(key)
  return { grant_nano: target_nano - held_nano, isVoid, short: target_nano >= want_nano ? null : short }
}

function leftOf(campaign: Campaign, row: LeaseRow, mine_nano: number): [number, Grant['short']] {
  if (campaign.stopped) return [0, 'stopped']
  const rest = (limit: number | null, key: string): number =>
    limit === null ? Number.POSITIVE_INFINITY : limit - spent(campaign, key) + mine_nano
  const ofDay = rest(row.daily_nano, `${row.account}|${row.day}`)
  const ofAll = rest(row.total_nano, `${row.account}|all`)
  return ofAll < ofDay ? [ofAll, 'total'] : [ofDay, 'daily']
}

function book(campaign: Campaign, { bid, remember_ms, entries }: Booking, how: 's' | 'r', now_ms: number): Booked {
  if (campaign.from_ms === null) return 'unbuilt'
  forgetBids(campaign, now_ms)
  const known = campaign.bids.get(bid)
  if (known?.how === 's' || (known && how === 'r')) return 'duplicate'
  campaign.bids.delete(bid) // set again at the end: the map is in order of time
  campaign.bids.set(bid, { how, until_ms: now_ms + remember_ms })
  for (const { account, day, charged_nano, cost_nano, lost_nano } of entries) {
    if (!known) add(campaign, account, day, 'open_nano', -charged_nano)
    add(campaign, account, day, 'settled_nano', cost_nano)
    add(campaign, account, day, 'lost_nano', lost_nano)
  }
  return known ? 'after_release' : 'booked'
}

/** The oldest come first; one that is remembered longer keeps those behind it a little longer. */
function forgetBids({ bids }: Campaign, now_ms: number): void {
  for (const [bid, { until_ms }] of bids) {
    if (until_ms > now_ms) return
    bids.delete(bid)
  }
}

function setTruth(campaign: Campaign, { account, day, ...truth }: Truth): number {
  const { settled_nano, lost_nano, open_nano } = campaign.balances.get(`${account}|${day}`) ?? NOTHING
  const diff_nano = truth.settled_nano - settled_nano
  add(campaign, account, day, 'settled_nano', diff_nano)
  add(campaign, account, day, 'lost_nano', truth.lost_nano - lost_nano)
  add(campaign, account, day, 'open_nano', truth.open_nano - open_nano)
  return diff_nano
}

const format = (campaigns: ReadonlyMap<string, Campaign>): string =>
  JSON.stringify({
    format: FORMAT,
    campaigns: [...campaigns].map(([id, { from_ms, stopped, balances, claims, bids }]) => [
      ...[id, { from_ms, stopped, balances: [...balances], claims: [...claims], bids: [...bids] }],
    ]),
  })

/** @throws RangeError for a file of another format: money is not guessed at */
function parse(bytes: Buffer | null): Map<string, Campaign> {
  if (bytes === null) return new Map()
  const { format, campaigns } = JSON.parse(bytes.toString('utf8'))
  if (format !== FORMAT) throw new RangeError(`books of format ${format}; this runtime reads format ${FORMAT}`)
  // written by format() above
  return new Map(
    campaigns.map(([id, { from_ms, stopped, balances, claims, bids }]: [string, Campaign]) => [
      ...[id, { from_ms, stopped, balances: new Map(balances), claims: new Map(claims), bids: new Map(bids) }],
    ]),
  )
}

/** One write at a time, the last state in the end. */
function openSaver(save: () => Promise<void>) {
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()
  const write = () => {
    timer = null
    writing = writing.then(save).catch(() => soon()) // a full disk: try again
    return writing
  }
  const soon = () => {
    timer ??= setTimeout(write, WRITE_MS).unref()
  }
  return {
    soon,
    async close() {
      if (timer) clearTimeout(timer)
      await writing
      await save()
    },
  }
}
