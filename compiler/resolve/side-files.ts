/** Files that YAML names, by their path from the YAML file's folder. */
import { posix } from 'node:path'
import type { Context } from './context.ts'

/** Path from the root. */
export const besides = (yaml: string, name: string): string => posix.join(posix.dirname(yaml), name)

/** Text of a file beside `yaml`, or null. */
export function sideText(context: Context, yaml: string, name: string): string | null {
  const file = context.side.get(besides(yaml, name))
  return file ? new TextDecoder().decode(file.bytes) : null
}
