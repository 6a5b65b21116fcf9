/** Goes through a `where` in the order of the file. */
import { WHERE_LEAVES, type Where, type WhereLeaf } from '@flightplan/contract/schema/where.ts'

export interface FoundLeaf {
  leaf: WhereLeaf
  value: unknown
  /** Steps from the `where` that holds it. */
  path: readonly string[]
}

const isLeaf = (name: string): name is WhereLeaf => Object.hasOwn(WHERE_LEAVES, name)

/** Leaves of one `where`, without those below all, any and not. */
export function ownLeaves(where: Where): FoundLeaf[] {
  const out: FoundLeaf[] = []
  for (const [key, value] of Object.entries(where))
    if (key !== 'all' && key !== 'any' && key !== 'not') collect(key, value, [key], out)
  return out
}

function collect(name: string, value: unknown, path: readonly string[], out: FoundLeaf[]): void {
  if (isLeaf(name)) out.push({ leaf: name, value, path })
  else
    for (const [key, inner] of Object.entries(value as object)) // groups are maps, says the schema
      collect(`${name}.${key}`, inner, [...path, key], out)
}

/** Every leaf, at any depth, with its path from the outermost `where`. */
export function* allLeaves(
  where: Where,
  path: readonly (string | number)[] = [],
): Generator<{
  leaf: WhereLeaf
  value: unknown
  path: readonly (string | number)[]
}> {
  for (const found of ownLeaves(where)) yield { ...found, path: [...path, ...found.path] }
  for (const key of ['all', 'any'] as const)
    for (const [i, inner] of (where[key] ?? []).entries()) yield* allLeaves(inner, [...path, key, i])
  if (where.not) yield* allLeaves(where.not, [...path, 'not'])
}
