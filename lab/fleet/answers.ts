/** Whether an answer comes from one release, whole: its tokens name one digest, and its prices are that release's. */
import { verifyToken } from '@flightplan/runtime/notice/token.ts'
import { TOKEN_KEY } from './world.ts'

export interface Seen {
  /** First 16 hex digits of the release; '' for an answer without bids. */
  release: string
  /** What is wrong with the answer; '' where nothing is. */
  fault: string
}

interface Bid {
  price: number
  adm?: string
}

/** @param prices of each release that was ever published, by the first 16 digits of its digest */
export function judgeAnswer(text: string, prices: ReadonlyMap<string, number>): Seen {
  if (text === '') return { release: '', fault: '' }
  const { seatbid } = JSON.parse(text) as { seatbid: { bid: Bid[] }[] } // our own answer; a test of shape is elsewhere
  const bids = seatbid.flatMap(seat => seat.bid)
  const releases = bids.map(releaseOf)
  const release = releases[0] ?? ''
  if (new Set(releases).size > 1) return { release, fault: `one answer of two releases: ${releases.join(', ')}` }
  const price = prices.get(release)
  if (price === undefined) return { release, fault: `release ${release} was never published` }
  const other = bids.find(bid => bid.price !== price)
  return { release, fault: other ? `price ${other.price} in release ${release}, whose price is ${price}` : '' }
}

function releaseOf({ adm = '' }: Bid): string {
  const token = /\/n\/c\?t=([A-Za-z0-9_.-]+)/.exec(adm)?.[1] ?? ''
  return verifyToken('click', token, TOKEN_KEY)?.release ?? 'none'
}
