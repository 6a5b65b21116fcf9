/** The thread of one explanation: opens what serves, asks all that a bidder would ask, posts JSON and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { lowerPriority } from '../release/low-priority.ts'
import type { Question } from './explain.ts'

lowerPriority()
// Only now: reading and compiling the engine is a good part of an explanation.
const { explainOnce } = await import('./explain-once.ts')
parentPort?.postMessage(JSON.stringify(await explainOnce(workerData as Question))) // from explain.ts
