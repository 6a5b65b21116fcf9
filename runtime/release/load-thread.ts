/** The loader's thread: verifies one release, posts the outcome and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { lowerPriority } from './low-priority.ts'
import type { VerifyOptions } from './verify.ts'

lowerPriority()
// Only now: reading and compiling the engine is a good part of a load.
const { verifyRelease } = await import('./verify.ts')
const { dir, digest, options } = workerData as { dir: string; digest: string; options: VerifyOptions } // from loader.ts
parentPort?.postMessage(await verifyRelease(dir, digest, options))
