/** The words of a `where` that only the repository or the world can judge: references, codes, zones, rules. */
import { COUNTRIES } from '@flightplan/contract/countries.ts'
import type { OneOf, Where, WhereLeaf } from '@flightplan/contract/schema/where.ts'
import { didYouMean } from '../did-you-mean.ts'
import { categoryTerm } from '../lower/leaves.ts'
import type { ValidFileOf } from '../validate.ts'
import { checkZone } from './campaigns.ts'
import { isCategory } from './categories.ts'
import { type Context, fail, find, placeIn } from './context.ts'
import { isLanguage } from './languages.ts'
import { allLeaves } from './walk-where.ts'
import { type Place, under } from './world.ts'

type Check = (context: Context, value: never, place: Place) => void

/** Applies `check` to each item of `[…]` or `{not: […]}`, with its place. */
const each =
  (check: (context: Context, item: string, place: Place) => void) =>
  (context: Context, value: OneOf<string>, place: Place): void => {
    const [items, at] = Array.isArray(value) ? [value, place] : [value.not, under(place, 'not')]
    for (const [i, item] of items.entries()) check(context, item, under(at, i))
  }

const audiences = (context: Context, ids: readonly string[], place: Place): void =>
  ids.forEach((id, i) => {
    find(context, 'audience', id, under(place, i))
  })

const country = (context: Context, code: string, place: Place): void => {
  if (COUNTRIES.has(code)) return
  const near = code === 'UK' ? 'GB' : didYouMean(code, COUNTRIES.keys())
  fail(context, 'FP3014', place, `${code} is no country of ISO 3166-1`, [], near ? `did you mean ${near}?` : undefined)
}
/** Only the form and the country: ISO 3166-2 has 5,000 subdivisions and changes every year. */
const region = (context: Context, code: string, place: Place): void => {
  if (!COUNTRIES.has(code.slice(0, 2)))
    fail(context, 'FP3015', place, `${code} begins with no country of ISO 3166-1`, [], 'write it as DE-BY')
}
const language = (context: Context, code: string, place: Place): void => {
  if (!isLanguage(code)) fail(context, 'FP3024', place, `"${code}" is no language of ISO 639-1`)
}
const publisher = (context: Context, id: string, place: Place): void => {
  find(context, 'exchange', id.slice(0, id.indexOf('/')), place)
}

const CHECKS: Partial<Record<WhereLeaf, Check>> = {
  'geo.country': each(country),
  'geo.region': each(region),
  'geo.zip': each((context, zip, place) => country(context, zip.slice(0, 2), place)),
  'device.language': each(language),
  'content.language': each(language),
  'inventory.category': each((context, category, place) => checkCategory(context, category, place)),
  'inventory.publisher': each(publisher),
  'inventory.lists': each((context, id, place) => void find(context, 'inventory_list', id, place)),
  'audience.any': audiences,
  'audience.all': audiences,
  'audience.none': audiences,
  deals: each((context, id, place) => void find(context, 'deal', id, place)),
  exchange: each((context, id, place) => void find(context, 'exchange', id, place)),
  daypart: (context, value: string[] | { zone?: string }, place) => {
    if (!Array.isArray(value) && value.zone !== undefined) checkZone(context, value.zone, under(place, 'zone'))
  },
  rule: (context, name: string, place) => checkRule(context, name, place),
}

/** Of every campaign and line item, those that hang on something that does not exist too. */
export function checkWheres(context: Context, lineItems: Iterable<ValidFileOf<'line_item'>>): void {
  const { wheres } = context.kept
  for (const file of context.kinds.campaign.values()) wheres.of(context, file, always, own => checkCampaign(own, file))
  for (const file of lineItems)
    wheres.of(context, file, always, own => checkWhere(own, file.value.where, placeIn(file, 'where')))
}

const always = () => true

function checkCampaign(context: Context, file: ValidFileOf<'campaign'>): null {
  checkWhere(context, file.value.defaults?.where, placeIn(file, 'defaults', 'where'))
  for (const [name, { where }] of Object.entries(file.value.line_items ?? {}))
    checkWhere(context, where, placeIn(file, 'line_items', name, 'where'))
  return null
}

function checkWhere(context: Context, where: Where | undefined, place: Place): null {
  if (!where) return null
  for (const { leaf, value, path } of allLeaves(where)) CHECKS[leaf]?.(context, value as never, under(place, ...path)) // the schema gave this leaf its shape
  return null
}

function checkRule(context: Context, name: string, place: Place): void {
  if (context.rules === null || context.rules.has(name)) return
  const near = didYouMean(name, context.rules)
  const fix = near ? `did you mean "${near}"?` : 'define it in policies/request/rules.rego and run `npm run policies`'
  fail(context, 'FP4005', place, `no policy has a rule "${name}"`, [], fix)
}

export function checkCategories(context: Context, categories: readonly string[], place: (i: number) => Place): void {
  categories.forEach((category, i) => {
    checkCategory(context, category, place(i))
  })
}

function checkCategory(context: Context, category: string, place: Place): void {
  if (!isCategory(categoryTerm(category))) fail(context, 'FP3016', place, `category ${category} is not in its taxonomy`)
}
