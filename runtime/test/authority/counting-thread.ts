/** One of several threads that spend from one counter as fast as they can. */
import { parentPort, workerData } from 'node:worker_threads'
import { Counters } from '../../authority/counters.ts'

const { memory, entry, costs, limits } = workerData
const counters = new Counters(memory)
let taken = 0
for (const cost of costs) {
  if (counters.take(entry, 20_000, cost, limits)) taken += cost
  // Half of them hand it back, as a bid whose campaign had nothing left.
  if (cost % 2 === 0 && taken >= cost && counters.take(entry, 20_000, cost, limits))
    counters.giveBack(entry, 20_000, cost)
}
parentPort?.postMessage(taken)
