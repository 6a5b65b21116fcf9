/** docs/benchmarks.md: the figures of one run, with what they were measured on and what others reach. */
import { cpus, totalmem } from 'node:os'
import type { Figures, Plan } from './bench.ts'
import { CONNECTIONS } from './capacity.ts'
import { demandRows } from './demands.ts'
import { asMarkdown, type Row, rowsOf } from './table.ts'

/**
 * Other bidders and servers, × the same kind of bare node:http server: measured once, one core, with the same load, when
 * the project was planned; not in this run.
 */
const PEERS: readonly Row[] = [
  ['peer', '× bare node:http'],
  ['RTB4FREE (Java)', '0.13'],
  ['Eyevinn’s DSP (Node)', '0.29'],
  ['rust-rtb-bidder', '0.34–0.51'],
  ['uWebSockets, parse and a fixed answer', '2.0'],
  ['vanilla-rtb (C++), two filters only', '2.05'],
  ['AWS kit (Go), hardly any logic', '2.6–3.0'],
  ['fasthttp + fastjson, parse and a fixed answer', '3.7'],
  ['Rust hyper, parse and a fixed answer', '4.5'],
]

export interface Origin {
  date: string
  command: string
  plan: Plan
}

export function documentOf(all: readonly Figures[], { date, command, plan }: Origin): string {
  return `<!-- Written by \`npm run bench -- --write\`. Run it again rather than edit. -->
# Benchmarks

${machineText(date)}

\`\`\`
${command}
\`\`\`

The bidder is \`runtime/main.ts\` with one worker and all of its logic: privacy, policy, targeting, price, budget, signed
notices. The reference is \`bench/bare.ts\`: \`node:http\`, \`JSON.parse\` and a fixed answer of 600 bytes. The load comes from
another process: ${plan.requests.toLocaleString('en')} distinct generated requests of three exchanges with the headers that Envoy sends,
${CONNECTIONS} connections. Other work disturbs the wall clock more than the CPU clock, so capacity is stated as requests per
second of the server's own CPU (all its threads), servers in turn, the median of ${plan.series} series of ${plan.run_ms / 1000} s.

## Demands

${asMarkdown(demandRows(all))}
## Figures

${asMarkdown(rowsOf(all))}
- A cold build is \`flight build\` in a process of its own, start of Node included.
- A build after a one-file edit is that of \`flight build --watch\`, which stays and keeps what an edit does not touch: one
  price is changed; timed from the write of the file to the moment the channel names the new release, the median of five.
  The bytes are those of a cold build.
- An index match walks a slot as deep as serving does: until 64 line items fit. A request may have several slots.
- Open loop: request i is due at i / rate, and late or missing answers count. The highest rate is bisected in ${plan.openSteps} steps;
  client and server share the machine.
- Swap: half of that rate; a release with one changed price is put into the channel. The worst second is the one-second
  window with the highest p99 among all that begin between the change of the pointer and the moment every worker serves.

## Peers

Measured once, on one core, when the project was planned, with the same kind of load and reference; not part of this run.

${asMarkdown(PEERS)}`
}

function machineText(date: string): string {
  const { model = 'unknown CPU' } = cpus()[0] ?? {}
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${date}, ${cpus().length} × ${model}, ${memory} GB, Linux ${process.arch}, Node ${process.version}.`
}
