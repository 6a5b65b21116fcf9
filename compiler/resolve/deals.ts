import { dealTerm } from '../lower/targeting.ts'
import type { ValidFileOf } from '../validate.ts'
import { cpm_nano } from './amounts.ts'
import { checkCurrency, checkDay, checkZone } from './campaigns.ts'
import { type Context, fail, find, placeIn } from './context.ts'
import { endOfMinute_ms, startOfMinute_ms } from './local-time.ts'

type DealFile = ValidFileOf<'deal'>

/** When a deal runs; unlimited where the YAML says nothing. Times and zone were checked. */
export function dealTimes({ value }: DealFile): { from_ms: number; to_ms: number } {
  const zone = value.timezone ?? 'UTC'
  return {
    from_ms: value.from === undefined ? Number.NEGATIVE_INFINITY : startOfMinute_ms(value.from, zone),
    to_ms: value.to === undefined ? Number.POSITIVE_INFINITY : endOfMinute_ms(value.to, zone),
  }
}

export function checkDeals(context: Context): void {
  const byTerm = new Map<string, DealFile>()
  for (const deal of context.kinds.deal.values()) {
    checkDeal(context, deal)
    const term = dealTerm(deal.value)
    const first = byTerm.get(term)
    if (first)
      fail(
        context,
        'FP3002',
        placeIn(deal, deal.value.deal_id === undefined ? 'deal' : 'deal_id'),
        `there are two of deal ${term}`,
        [{ message: 'the other one', place: placeIn(first, 'deal') }],
      )
    else byTerm.set(term, deal)
  }
}

function checkDeal(context: Context, deal: DealFile): void {
  const { from, to, timezone = 'UTC' } = deal.value
  find(context, 'exchange', deal.value.exchange, placeIn(deal, 'exchange'))
  checkCurrency(context, deal.value.currency, placeIn(deal, 'currency'))
  cpm_nano(context, deal.value.floor, placeIn(deal, 'floor'))
  checkZone(context, timezone, placeIn(deal, 'timezone'))
  const days =
    (from === undefined || checkDay(context, from, placeIn(deal, 'from'))) &&
    (to === undefined || checkDay(context, to, placeIn(deal, 'to')))
  if (days && from !== undefined && to !== undefined && to < from)
    fail(context, 'FP3006', placeIn(deal, 'to'), 'the deal ends before it starts', [
      { message: 'its start', place: placeIn(deal, 'from') },
    ])
}
