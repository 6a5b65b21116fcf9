/** The reference: the least that `node:http` can do. Gathers the body, parses it, answers a fixed 600 bytes. */
import { createServer } from 'node:http'

const EMPTY = JSON.stringify({ id: '1', seatbid: [{ bid: [{ id: '1', impid: '1', price: 1.23, adm: '' }] }] })
const ANSWER = EMPTY.replace('"adm":""', `"adm":"${'x'.repeat(600 - EMPTY.length)}"`)

const server = createServer((request, response) => {
  let text = ''
  request.on('data', chunk => {
    text += chunk
  })
  request.on('end', () => {
    if (text !== '') JSON.parse(text)
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length }).end(ANSWER)
  })
})
server.listen(Number(process.env['PORT']), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
