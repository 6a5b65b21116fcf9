/**
 * `node lab/oracle/main.ts --worlds 20 --requests 300 --seed 7 [--corpus]`: random worlds, the shipped campaigns and the
 * wide fixture through compiler, engine and oracle. Exit code 1: they disagree.
 */
import { parseArgs } from 'node:util'
import type { Mismatch, Tally } from './compare.ts'
import { corpusRequests, generatedRequests } from './requests.ts'
import { randomScenario, run, type Scenario, shippedScenario, wideScenario } from './run.ts'

/** Of each kind of mismatch. */
const SHOWN = 5

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '200' },
    seed: { type: 'string', default: '7' },
    corpus: { type: 'boolean', default: false },
  },
})

/** `missing: targeting / no candidate`: the kind, and what the two sides say where that is a word. */
function groupOf({ kind, oracle, engine }: Mismatch): string {
  return ['missing', 'not_eligible', 'reason', 'policy'].includes(kind)
    ? `${kind}: oracle ${oracle}; engine ${engine}`
    : kind
}

function print(name: string, seed: number, { mismatches, ...counts }: Tally): void {
  const shown = Object.entries(counts).map(([key, count]) => `${count} ${key}`)
  console.log(`${name}, seed ${seed}: ${shown.join(', ')}, ${mismatches.length} mismatches`)
  for (const [group, cases] of Map.groupBy(mismatches, groupOf)) {
    console.log(`  ${cases.length} × ${group}`)
    for (const { exchange, request, imp, line_item, oracle, engine } of cases.slice(0, SHOWN))
      console.log(
        `    ${exchange} ${request} imp ${imp ?? '-'} ${line_item ?? '-'}: oracle ${oracle}; engine ${engine}`,
      )
  }
}

const [first, worlds, count] = [Number(values.seed), Number(values.worlds), Number(values.requests)]
const scenarios: [number, () => Scenario | Promise<Scenario>][] = Array.from({ length: worlds }, (_, i) => {
  return [first + i, () => randomScenario(first + i)]
})
for (const [seed, open] of [...scenarios, [first, shippedScenario] as const, [first, wideScenario] as const]) {
  const scenario = await open()
  const { now_ms } = scenario
  const asked = [...generatedRequests(seed, count, now_ms), ...(values.corpus ? corpusRequests(now_ms) : [])]
  const tally = await run(scenario, asked)
  print(scenario.name, seed, tally)
  if (tally.mismatches.length > 0) process.exitCode = 1
}
