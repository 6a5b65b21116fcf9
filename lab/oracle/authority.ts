/** Budgets, as the YAML states them, against what the earlier imps of the same request took. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Bid } from './choose.ts'
import type { Fit } from './fit.ts'
import { list, number, text, tree } from './lenient.ts'
import { ceil, type Fraction, floor, fraction, times } from './price.ts'

const PER_UNIT: Fraction = { num: 1_000_000_000n, den: 1n }
const units = (written: string) => floor(times(fraction(written), PER_UNIT))

/** Budgets that count fees see `media × (1 + fee)`. */
function feeFactor({ item }: Fit): Fraction {
  const counted = text(item.order['budget_counts']) ?? 'media'
  const fee = text(tree(list(item.order['fees'])[0])['value'])
  return counted === 'media' || fee === null
    ? fraction(1)
    : times({ num: fraction(fee).num + 100n * fraction(fee).den, den: fraction(fee).den }, { num: 1n, den: 100n })
}

interface Limit {
  key: string
  nano: bigint
  reason: ReasonName
}

function limitsOf({ item }: Fit): Limit[] {
  const own = tree(item.tree['budget'])
  const whole = tree(item.campaign['budget'])
  const total = text(whole['total'])
  const share = text(own['share'])?.replace('%', '') ?? null
  const ofShare =
    share === null || total === null
      ? null
      : floor(times(times(fraction(total), PER_UNIT), times(fraction(share), { num: 1n, den: 100n })))
  const ownTotal = text(own['total'])
  const campaign = text(item.campaign['campaign']) ?? ''
  const limit = (key: string, nano: bigint | null, reason: ReasonName): Limit[] =>
    nano === null ? [] : [{ key, nano, reason }]
  const read = (written: unknown) => (text(written) === null ? null : units(text(written) ?? ''))
  return [
    ...limit(item.id, read(own['daily_max']), 'daily_budget'),
    ...limit(campaign, read(whole['daily_max']), 'daily_budget'),
    ...limit(item.id, ownTotal === null ? ofShare : units(ownTotal), 'total_budget'),
    ...limit(campaign, read(total), 'total_budget'),
  ]
}

/** What was taken, by line item and by campaign: nano of the order's currency, and impressions. */
export class Ledger {
  private readonly taken = new Map<string, bigint>()
  private readonly impressions = new Map<string, number>()

  /** Cost of a bid: its price in the order's currency, and the fee where budgets count it. */
  static cost(fit: Fit, media_nano: bigint): bigint {
    return ceil(times({ num: media_nano, den: 1n }, feeFactor(fit)))
  }

  fault(fit: Fit, cost: bigint): ReasonName | null {
    const over = limitsOf(fit).find(({ key, nano }) => (this.taken.get(key) ?? 0n) + cost > nano)
    const most = number(tree(fit.item.tree['budget'])['impressions'])
    const none = most !== null && (this.impressions.get(fit.item.id) ?? 0) >= most
    return over?.reason ?? (none ? 'impression_budget' : null)
  }

  take(fit: Fit, cost: bigint): void {
    for (const key of [fit.item.id, text(fit.item.campaign['campaign']) ?? ''])
      this.taken.set(key, (this.taken.get(key) ?? 0n) + cost)
    this.impressions.set(fit.item.id, (this.impressions.get(fit.item.id) ?? 0) + 1)
  }
}

/** A bid's media cost in the order's currency, at the rate that turned the order's currency into the bid's. */
export const media_nano = (bid: Bid, orderPerBid: Fraction): bigint =>
  ceil(times({ num: bid.price_nano, den: 1n }, orderPerBid))
