/** A line item's `where`s and what they leave unsaid → one expression. */
import type { Where } from '@flightplan/contract/schema/where.ts'
import { ownLeaves } from '../resolve/walk-where.ts'
import { type CreativeNode, type LineItemNode, type Place, under, type World } from '../resolve/world.ts'
import { type Expression, group } from './expression.ts'
import { type LeafContext, lowerLeaf } from './leaves.ts'
import type { Predicates } from './predicates.ts'
import type { Vocabulary } from './vocabulary.ts'

export class Targeting {
  readonly #world: World
  readonly #vocabulary: Vocabulary
  readonly #predicates: Predicates
  /** The default `where` of a campaign is lowered once for all of its line items. */
  readonly #known = new Map<Where, Expression>()

  constructor(world: World, vocabulary: Vocabulary, predicates: Predicates) {
    this.#world = world
    this.#vocabulary = vocabulary
    this.#predicates = predicates
  }

  /** Its own predicate is the first. Always an `and` with the shape of the creatives first, then the deals that are needed, then the `where`s. */
  ofLineItem(item: LineItemNode): Expression {
    const predicate = this.#predicates.add(item.place, 'line item', undefined)
    const parts = [this.#shape(item)]
    if (!item.open_auction) parts.push(this.#deals(item))
    for (const { where, place } of item.wheres) parts.push(this.#shared(where, place))
    return { op: 'and', predicate, parts }
  }

  #shape({ place, creatives }: LineItemNode): Expression {
    const shapes = [...new Set(creatives.map(({ creative }) => shapeOf(creative)))]
    return this.#implicit('shape', under(place, 'creatives'), 'creatives', shapes)
  }

  #deals({ place, deals }: LineItemNode): Expression {
    const terms = deals.map(deal => dealTerm(deal.value))
    return this.#implicit('deal', under(place, 'deals'), 'deals', terms)
  }

  #implicit(attribute: string, place: Place, name: string, texts: readonly string[]): Expression {
    const number = this.#vocabulary.attribute(attribute)
    const predicate = this.#predicates.add(place, name, texts)
    return { op: 'in', predicate, attribute: number, values: this.#vocabulary.list(number, texts), late: false }
  }

  #shared(where: Where, place: Place): Expression {
    const known = this.#known.get(where)
    if (known) return known
    const lowered = this.#where(where, place)
    this.#known.set(where, lowered)
    return lowered
  }

  #where(where: Where, place: Place): Expression {
    const parts = ownLeaves(where).map(({ leaf, value, path }) => {
      const predicate = this.#predicates.add(under(place, ...path), leaf, value)
      return lowerLeaf(leaf, value, this.#context(predicate))
    })
    if (where.all) parts.push(...where.all.map((inner, i) => this.#where(inner, under(place, 'all', i))))
    if (where.any) parts.push(this.#any(where.any, under(place, 'any')))
    if (where.not) {
      const predicate = this.#predicates.add(under(place, 'not'), 'not', undefined)
      parts.push({ op: 'not', predicate, part: this.#where(where.not, under(place, 'not')) })
    }
    const [only] = parts
    if (parts.length === 1 && only) return only
    return group('and', this.#predicates.add(place, 'all', undefined), parts)
  }

  #any(branches: readonly Where[], place: Place): Expression {
    const parts = branches.map((inner, i) => this.#where(inner, under(place, i)))
    const [only] = parts
    if (parts.length === 1 && only) return only
    return group('or', this.#predicates.add(place, 'any', undefined), parts)
  }

  #context(predicate: number): LeafContext {
    const { deal, audience } = this.#world.kinds
    return {
      vocabulary: this.#vocabulary,
      predicate,
      dealTerm: id => dealTerm(deal.get(id)!.value), // resolve/ checked the reference
      isLate: id => audience.get(id)!.value.from.profile !== undefined, // likewise
    }
  }
}

/** Numbers of deals among the values of attribute `deal`: an optional deal has a term too. */
export function dealValues(deals: LineItemNode['deals'], vocabulary: Vocabulary): number[] {
  if (deals.length === 0) return []
  const terms = deals.map(deal => dealTerm(deal.value))
  return vocabulary.list(vocabulary.attribute('deal'), terms)
}

export const dealTerm = ({ deal, exchange, deal_id }: { deal: string; exchange: string; deal_id?: string }): string =>
  `${exchange}/${deal_id ?? deal}`

/** `banner:300x250`, `video`, `native`, `audio`. */
export function shapeOf(creative: CreativeNode): string {
  const { format } = creative.file.value
  if (format.banner) return `banner:${format.banner.size}`
  return format.video ? 'video' : format.native ? 'native' : 'audio'
}
