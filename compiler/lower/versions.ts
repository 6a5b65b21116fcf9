/** `">=15 <18"` → a range on the axis of versionNumber. */
import { versionNumber } from '@flightplan/contract/attributes.ts'
import { intersectRanges, type Ranges } from './expression.ts'

const ALL: Ranges = [[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]]

/** Null for `*`: any version, known or not. Parts left out are 0. */
export function versionRanges(text: string): Ranges | null {
  if (text === '*') return null
  return text.split(' ').reduce<Ranges>((ranges, comparison) => intersectRanges(ranges, oneComparison(comparison)), ALL)
}

function oneComparison(text: string): Ranges {
  const [, operator = '', version = ''] = /^([<>=]+)(.*)$/.exec(text) ?? []
  const n = versionNumber(version) ?? 0 // the schema lets numbers only through
  switch (operator) {
    case '>=':
      return [[n, Number.POSITIVE_INFINITY]]
    case '>':
      return [[n + 1, Number.POSITIVE_INFINITY]]
    case '<=':
      return [[Number.NEGATIVE_INFINITY, n + 1]]
    default:
      return [[Number.NEGATIVE_INFINITY, n]]
  }
}
