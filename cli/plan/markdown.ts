/** A plan as the one comment on a pull request: edited in place, found again by its first line. */
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

/** What a workflow looks for to edit its comment instead of writing another. */
export const STICKY = '<!-- flight plan -->'
const SHOWN_CAMPAIGNS = 10
const SHOWN_CHANGES = 40
/** GitHub refuses comments above 65,536 characters. */
const MAX_CHARS = 60_000

export function renderMarkdown(plan: Plan, trafficFile: string): string {
  const { changes, artifacts, findings, prediction } = plan
  const n = changes.length + artifacts.length
  const parts = [
    STICKY,
    `## flight plan: ${n === 0 ? 'no change' : `${n} change${n === 1 ? '' : 's'}`}`,
    code(sides(plan)),
  ]
  const denied = findings.filter(({ level }) => level === 'deny')
  for (const { rule, message } of denied) parts.push(`> **denied by ${rule}**: ${text(message)}`)
  for (const { rule, message } of findings.filter(({ level }) => level === 'warn'))
    parts.push(`> ${rule}: ${text(message)}`)
  const money = moneyLines(plan)
  if (money.length > 0) parts.push('**Blast radius**', money.map(line => `- ${text(line)}`).join('\n'))
  if (prediction) parts.push(...predictionParts(prediction, trafficFile))
  if (n > 0) parts.push(details(`Changes (${n})`, changeList(plan)))
  parts.push(
    `<sub>base ${plan.base.content.slice(7, 19)} · new ${plan.head.content.slice(7, 19)} · seed ${plan.seed}</sub>`,
  )
  const whole = `${parts.join('\n\n')}\n`
  return whole.length <= MAX_CHARS ? whole : `${whole.slice(0, MAX_CHARS)}\n\n… cut here; the JSON holds all of it\n`
}

function changeList({ changes, artifacts }: Plan): string {
  const lines = changes
    .slice(0, SHOWN_CHANGES)
    .flatMap(change => [
      `- ${SIGN[change.op]} ${change.kind} ${code(change.id)} (${code(spanText(change))})`,
      ...(change.op === 'changed' ? change.fields : []).map(
        ({ field, from, to }) => `  - ${code(field)}: ${code(from ?? '(none)')} → ${code(to ?? '(none)')}`,
      ),
    ])
  if (changes.length > SHOWN_CHANGES) lines.push(`- … and ${changes.length - SHOWN_CHANGES} more`)
  return [...lines, ...artifacts.map(name => `- ~ ${code(name)}`)].join('\n')
}

function predictionParts(prediction: Prediction, file: string): string[] {
  const totals = prediction.totals.map(row => ({ ...row, id: `all, ${row.currency}` }))
  const moving = movers(prediction)
  const more = moving.length > SHOWN_CAMPAIGNS ? [`… and ${moving.length - SHOWN_CAMPAIGNS} more campaigns`] : []
  const notes = warnings(prediction)
  return [
    `**Replay** of ${text(logText(prediction))}.`,
    table([...totals, ...moving.slice(0, SHOWN_CAMPAIGNS)]),
    ...more,
    ...flips('Newly bid', prediction.newly_bid, file),
    ...flips('Newly lost', prediction.newly_lost, file),
    ...(notes.length > 0 ? [notes.map(note => `- ⚠ ${text(note)}`).join('\n')] : []),
    `<sub>${CAVEATS.join(' ')}</sub>`,
  ]
}

function table(rows: readonly Row[]): string {
  const head = ['campaign', 'eligible', 'bids', 'wins', 'spend (90% interval)', 'change', 'CPM', 'users', 'evidence']
  const body = rows.map(row => [
    code(row.id),
    moved(row.eligible.base, row.eligible.head, count),
    moved(row.bids.base, row.bids.head, count),
    moved(row.wins.base, row.wins.head, count),
    spendText(row.spend_nano),
    deltaText(row.spend_nano),
    `${cpm(row.price_nano.base)} → ${cpm(row.price_nano.head)}`,
    row.id.startsWith('all, ') ? '' : reachText(row),
    evidenceText(row),
  ])
  return [head, head.map((_, i) => (i === 0 || i === 8 ? '---' : '---:')), ...body]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')
}

function flips(title: string, { count: n, examples }: { count: number; examples: Flip[] }, file: string): string[] {
  if (n === 0) return []
  const lines = examples.flatMap(flip => [`# ${flipText(flip)}`, explainCommand(flip, file)])
  return [
    details(`${title}: ${count(n)} imps of the log; ${examples.length} of them, and why`, fenced(lines.join('\n'))),
  ]
}

const details = (title: string, body: string): string =>
  `<details><summary>${text(title)}</summary>\n\n${body}\n\n</details>`
const fenced = (body: string): string => `\`\`\`sh\n${body.replaceAll('```', "'''")}\n\`\`\``
/** Ids and values of YAML are other people's text: no markup of theirs may become ours. */
const code = (value: string): string => `\`${value.replaceAll('`', "'").replaceAll('|', '\\|').replace(/\s+/g, ' ')}\``
const text = (value: string): string => value.replace(/[<>|]/g, char => `\\${char}`).replaceAll('@', '@\u200b')
