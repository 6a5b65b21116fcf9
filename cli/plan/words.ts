/** A plan in words, for every output: what is written once here reads the same in a terminal and on a pull request. */
import type { Change } from '@flightplan/compiler/diff/diff.ts'
import { counted } from '../output.ts'
import type { Plan } from './plan.ts'
import type { Prediction } from './prediction.ts'
import type { Flip } from './replay.ts'
import type { Figure, Row } from './rows.ts'

export const SIGN: Record<Change['op'], string> = { added: '+', removed: '-', changed: '~' }

export const count = (n: number): string => Math.round(n).toLocaleString('en')
/** Nano-units → amount with cents. */
export const money = (nano: number): string =>
  (nano / 1e9).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
export const signed = (nano: number): string => `${nano < 0 ? '' : '+'}${money(nano)}`
/** Price of an impression as CPM. */
export const cpm = (nano: number | null): string => (nano === null ? '–' : (nano / 1e6).toFixed(2))
export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
export const spanText = ({ span }: Pick<Change, 'span'>): string => `${span.file}:${span.start.line}`

/** `1,000 → 1,200`, or one number where nothing moves. */
export function moved(base: number, head: number, show: (n: number) => string): string {
  const [from, to] = [show(base), show(head)]
  return from === to ? to : `${from} → ${to}`
}

export function spendText({ base, head, head_90, evidence }: Figure): string {
  if (evidence === 'not supported') return 'not supported'
  return `${moved(base, head, money)}${head_90 ? ` (${money(head_90[0])}–${money(head_90[1])})` : ''}`
}

export function deltaText({ base, head, delta_90, evidence }: Figure): string {
  if (evidence === 'not supported') return '–'
  if (base === head) return '0'
  return `${signed(head - base)}${delta_90 ? ` (${signed(delta_90[0])}…${signed(delta_90[1])})` : ''}`
}

export function reachText({ reach }: Row): string {
  if (!reach) return 'not supported'
  return moved(reach.base ?? 0, reach.head ?? 0, count)
}

/** What the row hangs on: of its figures the one that is known least. */
export const evidenceText = ({ spend_nano, support }: Row): string =>
  spend_nano.evidence === 'modelled' && support < 0.995 ? `modelled, support ${percent(support)}` : spend_nano.evidence

/** Campaigns that move, those that move most first; money of different currencies is compared as it is written. */
export function movers({ campaigns }: Prediction): Row[] {
  const delta = ({ spend_nano, bids, eligible }: Row) =>
    Math.abs(spend_nano.head - spend_nano.base) ||
    Math.abs(bids.head - bids.base) ||
    Math.abs(eligible.head - eligible.base)
  return campaigns.filter(row => delta(row) > 0).sort((a, b) => delta(b) - delta(a) || (a.id < b.id ? -1 : 1))
}

export function sides({ base, head }: Plan): string {
  const name = ({ ref, commit }: Plan['base']) =>
    commit && !commit.startsWith(ref) ? `${ref} (${commit.slice(0, 9)})` : ref
  return `${name(base)} → ${name(head)}`
}

export function moneyLines({ blast }: Plan): string[] {
  const { bids, line_items } = blast
  const ofCurrency = blast.currencies.flatMap(one => {
    const isSame = one.daily_from === one.daily_to && one.total_from === one.total_to
    if (isSame && one.daily_raised === '0' && one.daily_lowered === '0') return []
    const days = `daily ${one.daily_from} → ${one.daily_to} (raised by ${one.daily_raised}, lowered by ${one.daily_lowered})`
    return [`${one.currency} budgets: ${days}, total ${one.total_from} → ${one.total_to}`]
  })
  const at = (move: typeof bids.highest) => (move ? `, most ${move.line_item} × ${move.factor}` : '')
  const ofBids =
    bids.raised + bids.lowered > 0
      ? [`bids: ${bids.raised} raised${at(bids.highest)}; ${bids.lowered} lowered${at(bids.lowest)}`]
      : []
  const kinds = Object.entries(line_items).filter(([, ids]) => ids.length > 0)
  const ofItems = kinds.map(([what, ids]) => `${counted(ids.length, 'line item')} ${what}: ${few(ids)}`)
  return [...ofCurrency, ...ofBids, ...ofItems]
}

const SHOWN = 5
const few = (ids: readonly string[]): string =>
  ids.length > SHOWN ? `${ids.slice(0, SHOWN).join(', ')} and ${ids.length - SHOWN} more` : ids.join(', ')

export function logText({ log, touched }: Prediction): string {
  const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`
  const sample = log.one_in === 1 ? 'all of the traffic' : `one in ${log.one_in}`
  const from = `${count(log.auctions)} recorded auctions (${sample}, ${at(log.from_ms)} to ${at(log.to_ms)}; ${log.source})`
  return `${from}; ${percent(touched)} of them get other bids`
}

/** Line items that cannot do what they are for, in one line each. */
export function warnings({ never_matched, shadowed, partly_missing }: Prediction): string[] {
  return [
    ...never_matched.map(({ line_item, missing }) =>
      missing.length > 0
        ? `${line_item}: not supported, the log has no ${missing.join('; ')}`
        : `${line_item}: never matched in this log`,
    ),
    ...shadowed.map(
      ({ line_item, by, times }) => `${line_item}: never bids, outbid ${count(times)} times, last by ${by}`,
    ),
    ...partly_missing.map(
      ({ line_item, missing }) => `${line_item}: predicted without ${missing.join('; ')}, which the log lacks`,
    ),
  ]
}

/** A command that shows why, for a person to paste. */
export const explainCommand = ({ auction, exchange, at_ms }: Flip, file: string): string =>
  `flight traffic show ${file} ${auction} | flight explain --request - --exchange ${exchange} --now ${new Date(at_ms).toISOString()}`

export const flipText = ({ at_ms, exchange, imp, line_item, price_nano, currency, because }: Flip): string =>
  `${new Date(at_ms).toISOString().slice(11, 19)} ${exchange} imp ${imp}: ${line_item} at ${cpm(price_nano)} ${currency} (${because})`

/** Said where it matters: a number without it would be taken for more than it is. */
export const CAVEATS = [
  'Limits are whole at the start of the log: what is spent already, the plan does not know.',
  'Reach counts users of the sample, not scaled. Wins and spend assume that others bid as they did in the log.',
]
