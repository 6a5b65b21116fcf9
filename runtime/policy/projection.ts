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
      let flags = 1
      let key = ''
      for (let i = 0; i < reads.length; i++) {
        const value = reads[i]!(input)
        const flag = value === true ? TRUE : value === false ? FALSE : value === null ? NULL : OTHER
        if (flag === OTHER) key += part(value)
        flags = flags * FLAGS + flag
        if (flags < MAX_FLAGS) continue
        key += `|${flags}|` // no text of a value begins so
        flags = 1
      }
      return `${key}${flags}`
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

/** Most of what a policy reads is yes, no or unknown: those share one number, in their order; the rest follows as text. */
const [TRUE, FALSE, NULL, OTHER] = [0, 1, 2, 3]
const FLAGS = 4
const MAX_FLAGS = 2 ** 48

/** Strings carry their length, so that no text of a request can look like two values. */
function part(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`
  if (!Array.isArray(value)) return `${value};`
  let text = `${value.length}[`
  for (const item of value) text += part(item)
  return text
}
