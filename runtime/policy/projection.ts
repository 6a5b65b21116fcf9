/** The part of the policy input that the policy reads, and a key for it. */
import type { PolicyInput } from '@flightplan/engine/types.ts'

type Read = (input: PolicyInput) => unknown

export interface Projection {
  /** Injective over the projected values: two inputs have one key only where the policy cannot tell them apart. */
  key(input: PolicyInput): string
  /** What the policy may see, and nothing else. */
  project(input: PolicyInput): unknown
}

/** Compiles `meta.reads` (leaf paths such as `privacy.gdpr_applies` or `hour_utc`). */
export function openProjection(paths: readonly string[]): Projection {
  const reads = paths.map(readPath)
  return {
    key(input) {
      let key = ''
      for (const read of reads) key += part(read(input))
      return key
    },
    project(input) {
      const projected: Record<string, unknown> = {}
      paths.forEach((path, i) => {
        const [outer = '', inner] = path.split('.')
        const value = reads[i]?.(input)
        if (inner === undefined) projected[outer] = value
        else projected[outer] = { ...(projected[outer] as object), [inner]: value } // absent the first time
      })
      return projected
    },
  }
}

function readPath(path: string): Read {
  const [outer = '', inner] = path.split('.')
  // paths were checked against the shape of PolicyInput when the policy was built
  if (inner === undefined) return input => input[outer as keyof PolicyInput]
  return input => (input[outer as keyof PolicyInput] as unknown as Record<string, unknown>)[inner]
}

/** Strings carry their length, so that no text of a request can look like two values. */
function part(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`
  if (!Array.isArray(value)) return `${value};`
  let text = `${value.length}[`
  for (const item of value) text += part(item)
  return text
}
