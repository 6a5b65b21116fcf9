/** Whom targeting can reach at most, as far as countries and age go. Doubt counts as "anybody": rules protect people. */
import type { Where } from '@flightplan/contract/schema/where.ts'

export interface Audience {
  /** Null: any country. */
  countries: string[] | null
  /** Least age that is asked for; null: none. */
  min_age: number | null
}

/** @param wheres all of which must hold */
export const audienceOf = (wheres: readonly Where[]): Audience => wheres.map(audienceOfOne).reduce(both, ANYBODY)

const ANYBODY: Audience = { countries: null, min_age: null }

function audienceOfOne(where: Where): Audience {
  const { country, region } = where.geo ?? {}
  const regions = Array.isArray(region) ? [...new Set(region.map(code => code.slice(0, 2)))] : null
  const own: Audience = {
    countries: Array.isArray(country) ? [...country] : regions,
    min_age: where.user?.age?.min ?? null,
  }
  const all = (where.all ?? []).map(audienceOfOne)
  const any = where.any ? [where.any.map(audienceOfOne).reduce(either)] : []
  return [...all, ...any].reduce(both, own) // `not` can only narrow: left out, the answer errs to "anybody"
}

function both(a: Audience, b: Audience): Audience {
  const [left, right] = [a.countries, b.countries]
  const ages = [a.min_age, b.min_age].filter(age => age !== null)
  return {
    countries: left && right ? left.filter(one => right.includes(one)) : (left ?? right),
    min_age: ages.length > 0 ? Math.max(...ages) : null,
  }
}

const either = (a: Audience, b: Audience): Audience => ({
  countries: a.countries && b.countries ? [...new Set([...a.countries, ...b.countries])] : null,
  min_age: a.min_age === null || b.min_age === null ? null : Math.min(a.min_age, b.min_age),
})
