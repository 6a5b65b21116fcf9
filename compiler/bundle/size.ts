import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { error } from '../diagnostics.ts'
import type { Lowered } from '../lower/lower.ts'
import type { World } from '../resolve/world.ts'

/** The limits that a loader will check again. */
export function sizeFaults({ flightplan }: World, { bytes, meta, counts }: Lowered): Diagnostic[] {
  const { max_snapshot_bytes, max_line_items } = meta.limits
  const span = flightplan.file.at(['limits'])
  const items = counts['line_items_active'] ?? 0
  const faults: string[] = []
  if (bytes.length > max_snapshot_bytes)
    faults.push(`the snapshot has ${bytes.length} bytes; limits.max_snapshot_bytes is ${max_snapshot_bytes}`)
  if (items > max_line_items) faults.push(`${items} line items are active; limits.max_line_items is ${max_line_items}`)
  return faults.map(message => error('FP5003', span, message))
}
