/** A plan for a terminal. */
import type { Plan } from './plan.ts'
import type { Prediction } from './prediction.ts'
import type { Flip } from './replay.ts'
import type { Row } from './rows.ts'
import {
  CAVEATS,
  count,
  cpm,
  deltaText,
  evidenceText,
  explainCommand,
  flipText,
  logText,
  moneyLines,
  moved,
  movers,
  reachText,
  SIGN,
  sides,
  spanText,
  spendText,
  warnings,
} from './words.ts'

const SHOWN_FLIPS = 5

/** @param trafficFile as the command line named it, for commands to paste */
export function renderPretty(plan: Plan, trafficFile: string): string {
  const lines = [`Plan ${sides(plan)}`, '', ...changeLines(plan)]
  const money = moneyLines(plan)
  if (money.length > 0) lines.push('', 'Money', ...money.map(line => `  ${line}`))
  if (plan.prediction) lines.push('', ...predictionLines(plan.prediction, trafficFile))
  else lines.push('', 'No recorded traffic: `flight traffic generate` makes an example day, --traffic names a log.')
  for (const { level, rule, message } of plan.findings) lines.push('', `${level} ${rule}: ${message}`)
  return `${lines.join('\n')}\n`
}

function changeLines({ changes, artifacts }: Plan): string[] {
  if (changes.length + artifacts.length === 0) return ['No change: both decide the same.']
  let owner: string | null | undefined
  const lines = changes.flatMap(change => {
    const head = change.advertiser === owner ? [] : [change.advertiser ?? 'shared']
    owner = change.advertiser
    const width = Math.max(0, ...change.fields.map(({ field }) => field.length))
    const fields = change.op === 'added' ? [] : change.fields
    return [
      ...head,
      `  ${SIGN[change.op]} ${change.kind} ${change.id}  ${spanText(change)}`,
      ...fields.map(({ field, from, to }) => `      ${field.padEnd(width)}  ${from ?? '(none)'} → ${to ?? '(none)'}`),
    ]
  })
  return [...lines, ...artifacts.map(name => `  ~ ${name}`)]
}

function predictionLines(prediction: Prediction, file: string): string[] {
  const rows = [...prediction.totals.map(row => ({ ...row, id: `all, ${row.currency}` })), ...movers(prediction)]
  const notes = warnings(prediction)
  return [
    `Replay of ${logText(prediction)}`,
    '',
    ...table(rows),
    '',
    ...flips('newly bid', prediction.newly_bid, file),
    ...flips('newly lost', prediction.newly_lost, file),
    ...notes.map(note => `  ! ${note}`),
    ...CAVEATS.map(caveat => `  ${caveat}`),
  ]
}

const HEAD = ['campaign', 'eligible', 'bids', 'wins', 'spend (90%)', 'change (90%)', 'CPM', 'users', 'evidence']

function table(rows: readonly Row[]): string[] {
  const cells = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  return cells.map(row => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
}

const cellsOf = (row: Row): string[] => [
  row.id,
  moved(row.eligible.base, row.eligible.head, count),
  moved(row.bids.base, row.bids.head, count),
  moved(row.wins.base, row.wins.head, count),
  spendText(row.spend_nano),
  deltaText(row.spend_nano),
  row.price_nano.base === row.price_nano.head
    ? cpm(row.price_nano.head)
    : `${cpm(row.price_nano.base)} → ${cpm(row.price_nano.head)}`,
  row.id.startsWith('all, ') ? '' : reachText(row),
  evidenceText(row),
]

function flips(title: string, { count: n, examples }: { count: number; examples: Flip[] }, file: string): string[] {
  if (n === 0) return []
  const shown = examples.slice(0, SHOWN_FLIPS)
  const lines = shown.flatMap(flip => [`    ${flipText(flip)}`, `      ${explainCommand(flip, file)}`])
  return [`  ${title}: ${count(n)} imps of the log, such as`, ...lines]
}
