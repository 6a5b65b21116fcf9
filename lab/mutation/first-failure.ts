/** A reporter for `node --test-reporter`: names the first test that fails, and ends the process. */
import { writeSync } from 'node:fs'
import type { TestEvent } from 'node:test/reporters'

/** Before the name, on standard error. */
export const FAILED = 'failed test: '

export default async function* firstFailure(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.todo !== undefined) continue
    writeSync(2, `\n${FAILED}${data.name}\n`) // written before the process ends, which a message need not be
    process.exit(1)
    yield ''
  }
}
