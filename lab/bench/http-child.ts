/** One server of the bench in a process of its own: `node lab/bench/http-child.ts bare|node|strict`. Tells its port and CPU by IPC. */
import { createServer } from 'node:http'
import { nodeServer } from '@flightplan/runtime/http/node-server.ts'
import type { BidServerOptions } from '@flightplan/runtime/http/server.ts'
import { strictServer } from '@flightplan/runtime/http/strict-server.ts'

const ANSWER = JSON.stringify({
  id: '1',
  seatbid: [{ bid: [{ id: '1', impid: '1', price: 1.23, adm: 'x'.repeat(510) }] }],
})

const options: BidServerOptions = {
  handler: call => {
    JSON.parse(call.body.toString())
    call.reply(200, ANSWER)
  },
  onError: error => console.error(error),
}

/** The least that node:http can do: gather, parse, answer. No routes, no limits. */
function bareServer() {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      JSON.parse(text)
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length }).end(ANSWER)
    })
  })
  const listen = () =>
    new Promise<{ port: number }>(resolve => {
      server.listen(0, '127.0.0.1', () => resolve(server.address() as { port: number })) // TCP: an AddressInfo
    })
  return { listen }
}

const kind = process.argv[2]
const server = kind === 'strict' ? strictServer(options) : kind === 'node' ? nodeServer(options) : bareServer()
const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit(0))
process.send?.({ port })
