/** A database of its own for a test file: the engine binds one folder a process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { withoutChdb } from '../../events/clickhouse.ts'

/** For `skip:`; with CI=true nothing is skipped, and what needs the engine fails. */
export const skip: string | false = process.env['CI'] === 'true' ? false : (withoutChdb() ?? false)

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flight-events-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
