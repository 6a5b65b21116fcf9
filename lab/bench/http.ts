/** `node lab/bench/http.ts`: requests per CPU-second of a bare node:http server and of both bid servers, one after another. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closedLoop, encodeRequest } from '../load/client.ts'

const KINDS = ['bare', 'node', 'strict'] as const
const SERIES = 3
const RUN_MS = 1500

/** About 2 kB, with a different length for each so that no two heads in a row are equal. */
const requests = Array.from({ length: 50 }, (_, index) => encodeRequest('/openrtb2/example', bidRequest(index)))

function bidRequest(index: number): string {
  const imp = {
    id: '1',
    banner: { format: [{ w: 300, h: 250 }], api: [3, 5] },
    bidfloor: 0.5,
    tagid: `slot-${index}`,
    secure: 1,
  }
  const site = { domain: 'news.example', page: `https://news.example/${'a/'.repeat(index)}`, publisher: { id: 'p1' } }
  const data = Array.from({ length: 25 }, (_, at) => ({
    id: `segment-${at}`,
    name: `Segment number ${at}`,
    value: `${at}`,
  }))
  const user = { id: 'u'.repeat(36), data: [{ id: 'd', segment: data }] }
  return JSON.stringify({
    id: `auction-${index}`,
    imp: [imp],
    site,
    device: { ua: 'Mozilla/5.0', ip: '192.0.2.1' },
    user,
    tmax: 120,
  })
}

async function ask<T>(child: ChildProcess): Promise<T> {
  const [answer] = await once(child, 'message')
  return answer as T // the child's own two messages
}

async function cpu_us(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const { cpu } = await ask<{ cpu: NodeJS.CpuUsage }>(child)
  return cpu.user + cpu.system
}

async function measure(child: ChildProcess, port: number) {
  const before_us = await cpu_us(child)
  const result = await closedLoop({ host: '127.0.0.1', port, connections: 32, requests, duration_ms: RUN_MS })
  const used_us = (await cpu_us(child)) - before_us
  if (result.statuses.get(200) !== result.answered) throw new Error('The server answered something else than 200')
  return { us: used_us / result.answered, wall: Math.round((result.answered * 1000) / result.wall_ms) }
}

const children = KINDS.map(kind => ({
  kind,
  child: fork(new URL('http-child.ts', import.meta.url), [kind]),
  runs: [] as number[],
}))
const ports = await Promise.all(children.map(({ child }) => ask<{ port: number }>(child)))
// Interleaved series, the first for warming up: what else runs on the machine then weighs on all three alike.
for (let series = 0; series <= SERIES; series++) {
  for (const [index, { kind, child, runs }] of children.entries()) {
    const { us, wall } = await measure(child, ports[index]?.port ?? 0)
    if (series > 0) runs.push(us)
    console.log(
      `${series || 'warm'} ${kind.padEnd(7)} ${us.toFixed(1)} us CPU  ${Math.round(1e6 / us)} /CPU-s  ${wall} /s wall`,
    )
  }
}
const medians = children.map(({ runs }) => runs.sort((a, b) => a - b)[SERIES >> 1] ?? 0)
for (const [index, kind] of KINDS.entries()) {
  const us = medians[index] ?? 0
  console.log(`${kind}: ${us.toFixed(1)} us CPU per request, ${((medians[0] ?? 0) / us).toFixed(2)} x bare`)
}
for (const { child } of children) child.disconnect()
