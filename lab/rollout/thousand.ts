/** A world of 1,000 line items, each on a site of its own; the first three have sites that a tenth of the traffic each is of. */
import { randomUUID } from 'node:crypto'
import { verifyToken } from '@flightplan/runtime/notice/token.ts'
import { Pool } from 'undici'
import type { FleetBidder } from '../fleet/bidders.ts'
import { TOKEN_KEY } from '../fleet/world.ts'

export const ITEMS = 1000
const HOT = 3
/** Of the hot ones, and a little more than of the others, so that they win where they may bid. */
export const CPM = 5
/** The last of them is to be spent soon. */
export const DAILY_USD = [2000, 2000, 50] as const

export interface Wrong {
  /** Which of the hot ones. */
  item: number
  cpm?: number
  daily?: number
  /** False: it bids on every site. */
  isTargeted?: boolean
}

/** The YAML of the line items. @param wrong what the release does to one of them */
export function thousandLines(wrong?: Wrong): string {
  return Array.from({ length: ITEMS }, (_, n) => lineOf(n, wrong?.item === n ? wrong : { item: n })).join('\n')
}

function lineOf(n: number, { cpm = n < HOT ? CPM : 4, daily = DAILY_USD[n], isTargeted = true }: Wrong): string {
  const budget = daily === undefined ? '' : `, budget: {daily_max: ${daily}}`
  const where = isTargeted ? `, where: {inventory: {domain: [s${n}.example]}}` : ''
  return `  li-${n}: {bid: {cpm: ${cpm}}${budget}, creatives: {acme-300x250: 1}${where}}`
}

const HOT_SHARE = 0.3
const IMPS = ['1', '2', '3', '4'].map(id => ({ id, bidfloor: 0.5, banner: { format: [{ w: 300, h: 250 }] } }))
const LANES = 12
const ANSWER_MS = 1000

/** The sender's books: every bid wins and is invoiced at its price. Nano of USD by release and line item. */
export interface Sender {
  asked: number
  invoiced(release: string, item: string): number
  faults: string[]
  stop(): Promise<void>
}

export function startSender({ port }: FleetBidder, random: () => number): Sender {
  const books = new Map<string, number>()
  const faults: string[] = []
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: LANES })
  let asked = 0
  let isOver = false
  const ask = async (): Promise<void> => {
    asked++
    const [first, n] = random() < HOT_SHARE ? [0, HOT] : [HOT, ITEMS - HOT]
    const site = first + Math.floor(random() * n)
    const body = JSON.stringify({
      ...{ id: randomUUID(), at: 1, cur: ['USD'], regs: { gdpr: 0 }, imp: IMPS },
      site: { id: 's', domain: `s${site}.example`, publisher: { id: 'p' } },
      device: { ua: 'Mozilla/5.0 (X11; Linux x86_64)', ip: '192.0.2.9', geo: { country: 'DEU' } },
    })
    const headers = { 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answer = await pool.request({ path: '/openrtb2/alpha', method: 'POST', body, headers, signal })
    for (const { key, nano } of invoicesOf(await answer.body.text())) books.set(key, (books.get(key) ?? 0) + nano)
  }
  const lane = async (): Promise<void> => {
    while (!isOver) await ask().catch(error => faults.length < 10 && faults.push(String(error)))
  }
  const lanes = Array.from({ length: LANES }, lane)
  return {
    get asked() {
      return asked
    },
    invoiced: (release, item) => books.get(`${release.slice(0, 16)} ${item}`) ?? 0,
    faults,
    async stop() {
      isOver = true
      await Promise.all(lanes)
      await pool.destroy()
    },
  }
}

/** Prices are CPM in USD: 1e6 nano an impression each. */
function invoicesOf(text: string): { key: string; nano: number }[] {
  if (text === '') return []
  const { seatbid } = JSON.parse(text) as { seatbid: { bid: { price: number; adm: string }[] }[] } // our own answer
  return seatbid.flatMap(({ bid }) =>
    bid.map(({ price, adm }) => {
      const token = verifyToken('click', /\/n\/c\?t=([A-Za-z0-9_.-]+)/.exec(adm)?.[1] ?? '', TOKEN_KEY)
      return { key: `${token?.release} ${token?.lineItem}`, nano: Math.round(price * 1e6) }
    }),
  )
}
