/**
 * Targeting as Rego: what people may read and audit, and a third opinion beside index and program (DESIGN 2). Made of
 * the expressions that the index is made of, before they are normalised.
 *
 * `data.flightplan.targeting.matches` is the set of line items whose targeting is true for one slot. `input.values`
 * holds the slot's values by attribute (contract/attributes.ts): texts, or numbers where the attribute is an interval.
 */
import type { Expression, Ranges } from './lower/expression.ts'
import { Predicates } from './lower/predicates.ts'
import { rankedLineItems } from './lower/rank.ts'
import { Targeting } from './lower/targeting.ts'
import { Vocabulary } from './lower/vocabulary.ts'
import { type Place, spanOf, type World } from './resolve/world.ts'

const HEAD = `# Generated from campaigns/. One rule per line item; what an \`any\` or a \`not\` holds has rules of its own below.
package flightplan.targeting

# A value of the slot is among those wanted.
one_of(attribute, wanted) if {
	some value in input.values[attribute]
	value in wanted
}

# A number of the slot lies in [from, to) of a range; null: no bound.
within(attribute, ranges) if {
	some value in input.values[attribute]
	some [from, to] in ranges
	reaches(value, from)
	stays_below(value, to)
}

reaches(_, null)

reaches(value, from) if value >= from

stays_below(_, null)

stays_below(value, to) if value < to
`

/** The Rego module of all line items that may bid. The same world gives the same text. */
export function targetingRego(world: World): string {
  const vocabulary = new Vocabulary()
  const predicates = new Predicates()
  const targeting = new Targeting(world, vocabulary, predicates)
  const writer = new Writer(vocabulary, predicates)
  const rules = rankedLineItems(world).map(item => {
    const body = writer.bodyOf(targeting.ofLineItem(item))
    return `# ${lineOf(item.place)}\nmatches contains ${JSON.stringify(item.id)} if ${body}\n`
  })
  return [HEAD, ...rules, ...writer.helpers].join('\n')
}

const lineOf = (place: Place): string => `${spanOf(place).file}:${spanOf(place).start.line}`

/** Rego has no "or" inside of a rule, and negates one call: both need rules with names. */
class Writer {
  readonly helpers: string[] = []
  /** A campaign's default `where` is one expression, shared by its line items. */
  readonly #named = new Map<Expression, string>()
  readonly #vocabulary: Vocabulary
  readonly #predicates: Predicates

  constructor(vocabulary: Vocabulary, predicates: Predicates) {
    this.#vocabulary = vocabulary
    this.#predicates = predicates
  }

  bodyOf(expression: Expression): string {
    const lines = this.#lines(expression)
    return lines.length === 1 ? (lines[0] ?? 'true') : `{\n${lines.map(line => `\t${line}\n`).join('')}}`
  }

  /** Lines of a body: all must be true. */
  #lines(expression: Expression): string[] {
    if (expression.op === 'not') return [`not ${this.#call(expression.part)}`]
    if (expression.op !== 'and') return [this.#call(expression)]
    return expression.parts.length === 0 ? ['true'] : expression.parts.flatMap(part => this.#lines(part))
  }

  /** One call that is true when the expression is. */
  #call(expression: Expression): string {
    if (expression.op === 'in') return this.#oneOf(expression.attribute, expression.values)
    if (expression.op === 'range') return this.#within(expression.attribute, expression.ranges)
    return this.#named.get(expression) ?? this.#name(expression)
  }

  #name(expression: Expression): string {
    const name = `${expression.op === 'or' ? 'any' : 'all'}_${this.#named.size + 1}`
    this.#named.set(expression, name)
    const bodies = expression.op === 'or' ? expression.parts : [expression]
    const rules = bodies.map(part => `${name} if ${this.bodyOf(part)}\n`)
    const source = `# ${lineOf(this.#predicates.place(expression.predicate))}\n`
    this.helpers.push(rules.length === 0 ? `${name} := false\n` : source + rules.join('\n'))
    return name
  }

  #oneOf(attribute: number, values: readonly number[]): string {
    const texts = values.map(value => JSON.stringify(this.#vocabulary.text(attribute, value)))
    return `one_of(${this.#attribute(attribute)}, ${texts.length === 0 ? 'set()' : `{${texts.join(', ')}}`})`
  }

  #within(attribute: number, ranges: Ranges): string {
    const bound = (end: number) => (Number.isFinite(end) ? end : null)
    const pairs = ranges.map(([from, to]) => [bound(from), bound(to)])
    return `within(${this.#attribute(attribute)}, ${JSON.stringify(pairs)})`
  }

  #attribute(attribute: number): string {
    return JSON.stringify(this.#vocabulary.entries[attribute]?.name)
  }
}
