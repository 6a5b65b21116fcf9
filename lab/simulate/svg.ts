/** A day of spend as a picture: what was planned, and what each policy spent, by quarter of an hour. */
import type { Result } from './scenario.ts'

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [960, 420, 64, 40, 40]
const QUARTERS = 96
const COLOURS = ['#b0b0b0', '#d9a441', '#7a9ccf', '#1b7f4d', '#b5306c']

export function drawDay({ days, plan, budget_nano }: Result, title: string): string {
  const planned = quarters(plan.weights.map(weight => weight * budget_nano))
  const lines = days.map(({ spend_nano }) => quarters(spend_nano))
  // As soon as possible shoots far above all others: the scale is that of the plan, and what is beyond is cut.
  const most = 2 * Math.max(...planned)
  const x = (q: number) => LEFT + (q / (QUARTERS - 1)) * (WIDTH - LEFT - 16)
  const y = (value: number) => TOP + (1 - Math.min(1, value / most)) * (HEIGHT - TOP - BOTTOM)
  const path = (values: readonly number[]) =>
    values.map((value, q) => `${q === 0 ? 'M' : 'L'}${x(q).toFixed(1)} ${y(value).toFixed(1)}`).join('')
  const hours = [0, 3, 6, 9, 12, 15, 18, 21].map(
    hour => `<text x="${x(hour * 4).toFixed(1)}" y="${HEIGHT - 14}" text-anchor="middle">${hour}:00</text>`,
  )
  const legend = days.map(
    ({ policy }, i) =>
      `<text x="${LEFT + 8}" y="${TOP + 34 + 16 * i}" fill="${COLOURS[i]}">${policy.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="20" font-size="15">${title}</text>
<path d="${path(planned)}L${x(QUARTERS - 1)} ${y(0)}L${x(0)} ${y(0)}Z" fill="#eef3ee" stroke="#888" stroke-dasharray="4 3"/>
<text x="${LEFT + 8}" y="${TOP + 18}" fill="#666">plan (dashed)</text>
${lines.map((values, i) => `<path d="${path(values)}" fill="none" stroke="${COLOURS[i]}" stroke-width="${i > 2 ? 2 : 1.2}"/>`).join('\n')}
${[...legend, ...hours].join('\n')}
</svg>
`
}

/** Fifteen minutes each. */
function quarters(minutes: ArrayLike<number>): number[] {
  return Array.from({ length: QUARTERS }, (_, q) => {
    let sum = 0
    for (let minute = q * 15; minute < q * 15 + 15; minute++) sum += minutes[minute] ?? 0
    return sum
  })
}
