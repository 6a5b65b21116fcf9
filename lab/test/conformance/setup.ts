/** The bidder that the suites share, with the wide test campaigns and a clock that stands on a Monday noon. */
import { checkAnswer } from '../../conformance/answer.ts'
import { type Answer, CAMPAIGNS_WIDE, factsAt, openBidder } from '../../conformance/bidder.ts'
import type { Sent } from '../../conformance/requests.ts'
import { askedOf, readRepository } from '../../conformance/world.ts'

export const NOW_MS = Date.UTC(2027, 5, 14, 12)
export const facts = factsAt(NOW_MS)
export const openWide = () => openBidder([CAMPAIGNS_WIDE], { now_ms: NOW_MS, facts })

const wide = readRepository(CAMPAIGNS_WIDE)
export const asked = ({ exchange, body }: Pick<Sent, 'exchange' | 'body'>, world = wide) =>
  askedOf(world, exchange, body, facts, NOW_MS)

/** Faults of an answer, each with the request that it is for. */
export const faultsOf = (sent: Sent, { status, body }: Answer, world = wide): string[] =>
  checkAnswer(asked(sent, world), status, body).map(fault => `${fault} (${sent.exchange}, ${sent.source})`)
