/**
 * `node lab/bench/ratio.ts [--line-items 1000] [--seconds 2] [--series 5] [--warm 8] [--flags=--max-semi-space-size=1]…`:
 * only the bidder against the bare reference, in requests per server CPU-second; the quick answer to "did that pay?".
 * Each `--flags` adds a bidder whose Node gets them, measured in turn with the others.
 */
import { parseArgs } from 'node:util'
import { startBare, startBidder } from './bidder.ts'
import { measureCapacity } from './capacity.ts'
import { build, writeRepository } from './repository.ts'
import { wireRequests } from './requests.ts'
import type { Server } from './server.ts'
import { asText } from './table.ts'

const { values } = parseArgs({
  options: {
    'line-items': { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '2' },
    series: { type: 'string', default: '5' },
    warm: { type: 'string', default: '8' },
    requests: { type: 'string', default: '60000' },
    flags: { type: 'string', multiple: true, default: [''] },
  },
})

const repository = writeRepository(Number(values['line-items']))
build(repository, repository.channel)
const requests = wireRequests(Number(values.requests), Date.now())
const servers: Server[] = []
try {
  servers.push(await startBare())
  for (const [i, flags] of values.flags.entries()) {
    const environment = { STATE_DIR: `${repository.state}-${i}` }
    servers.push({
      ...(await startBidder({
        repository,
        http: 'strict',
        environment,
        flags: flags.split(' ').filter(flag => flag !== ''),
      })),
      name: `bidder ${flags}`,
    })
  }
  const measured = await measureCapacity(servers, requests, {
    series: Number(values.series),
    warm_ms: 1000 * Number(values.warm),
    duration_ms: 1000 * Number(values.seconds),
  })
  const rows = measured.map(({ name, perCpuSecond, ratio, bidShare }) => [
    name,
    `${Math.round(perCpuSecond)}/CPU-s`,
    `${(1e6 / perCpuSecond).toFixed(1)} µs`,
    `× ${ratio.toFixed(3)}`,
    `${(100 * bidShare).toFixed(1)}% bids`,
  ])
  process.stdout.write(asText(rows))
} finally {
  for (const server of servers) await server.stop()
}
