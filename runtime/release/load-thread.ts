/** The loader's thread: verifies one release, posts the outcome and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { type VerifyOptions, verifyRelease } from './verify.ts'

const { dir, digest, options } = workerData as { dir: string; digest: string; options: VerifyOptions } // from loader.ts
parentPort?.postMessage(await verifyRelease(dir, digest, options))
