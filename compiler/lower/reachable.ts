/**
 * Contradictions between attributes: a region lies in one country, a deal on one exchange, a player size in a video.
 * Both must be required: a request without a country may have a region, so exclusions prove nothing.
 */
import { FORMATS } from '@flightplan/contract/snapshot.ts'
import type { Conjunction, Constraint, Contradiction } from './conjunction.ts'
import type { Vocabulary } from './vocabulary.ts'

const before = (separator: string) => (value: string) => value.slice(0, value.indexOf(separator))
/** Not certain: a request may contradict itself about places, and a slot may offer our size beside the one asked for. */
const IMPLIED: readonly { from: string; to: string; of: (value: string) => string; certain: boolean }[] = [
  { from: 'publisher', to: 'exchange', of: before('/'), certain: true },
  { from: 'deal', to: 'exchange', of: before('/'), certain: true },
  { from: 'shape', to: 'format', of: value => value.split(':')[0] ?? '', certain: true },
  { from: 'region', to: 'country', of: before('-'), certain: false },
  { from: 'zip', to: 'country', of: before(':'), certain: false },
  { from: 'region', to: 'zip', of: before('-'), certain: false },
  { from: 'shape', to: 'size', of: value => value.split(':')[1] ?? '', certain: false },
]

/** Formats whose slots have the attribute at all. */
const FORMATS_WITH: Readonly<Record<string, readonly string[]>> = {
  size: ['banner'],
  position: ['banner', 'video'],
  plcmt: ['video'],
  skippable: ['video'],
  player_w: ['video'],
  player_h: ['video'],
  duration: ['video', 'audio'],
  protocol: ['video', 'audio'],
  start: ['video', 'audio'],
}

/** What makes this conjunction impossible, or null. */
export function contradictionOf({ ins }: Conjunction, vocabulary: Vocabulary): Contradiction | null {
  const find = (name: string) => {
    const attribute = vocabulary.find(name)
    return attribute === undefined ? undefined : ins.find(constraint => constraint.attribute === attribute)
  }
  const byFormat = formatContradiction(ins, find('shape'), vocabulary)
  if (byFormat) return byFormat
  for (const { from, to, of, certain } of IMPLIED) {
    const narrow = find(from)
    const wide = narrow && find(to)
    if (narrow && wide && !meets(narrow, wide, of, to, vocabulary))
      return { predicates: [narrow.predicate, wide.predicate], certain, size: to === 'size' }
  }
  return null
}

function meets(
  narrow: Constraint,
  wide: Constraint,
  of: (value: string) => string,
  to: string,
  vocabulary: Vocabulary,
): boolean {
  const read = to === 'zip' ? before(':') : (value: string) => value
  const allowed = new Set(textsOf(wide, vocabulary).map(read))
  return textsOf(narrow, vocabulary).some(value => allowed.has(of(value)))
}

function formatContradiction(
  ins: readonly Constraint[],
  shape: Constraint | undefined,
  vocabulary: Vocabulary,
): Contradiction | null {
  if (!shape) return null
  const formats = new Set(textsOf(shape, vocabulary).map(value => value.split(':')[0] ?? ''))
  for (const constraint of ins) {
    const { name } = vocabulary.entries[constraint.attribute]! // constraints carry numbers of this vocabulary
    const able = FORMATS_WITH[name] ?? FORMATS
    if (!able.some(format => formats.has(format)))
      return { predicates: [shape.predicate, constraint.predicate], certain: true }
  }
  return null
}

/** Values in words; of an interval none. */
const textsOf = ({ attribute, wanted }: Constraint, vocabulary: Vocabulary): string[] =>
  'ranges' in wanted ? [] : wanted.map(value => vocabulary.text(attribute, value))
