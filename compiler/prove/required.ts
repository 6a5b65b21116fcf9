/** What a line item asks for, as a request would say it: one value of each attribute that it needs. */
import { COUNTRIES } from '@flightplan/contract/countries.ts'
import { DEVICE_TYPES } from '@flightplan/contract/schema/values.ts'
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import { children } from '@flightplan/engine/index/program.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'

/** Parts of a bid request that targeting is about most. */
export interface Asked {
  country: string
  devicetype: number
  language: string
  domain: string | null
  bundle: string | null
  publisher: string
  cat: string[]
  cattax: number
  startdelay: number
}

/** Where a line item asks for nothing: a desktop in the United States on a news site. */
const ANYTHING: Asked = {
  ...{ country: 'USA', devicetype: 2, language: 'en' },
  ...{ domain: 'news.example', bundle: null, publisher: '4711', cat: [], cattax: 1, startdelay: 0 },
}

const DEVICE_CODES: Readonly<Record<string, readonly number[]>> = DEVICE_TYPES
const START_DELAYS: Readonly<Record<string, number>> = { pre: 0, mid: -1, post: -2 }

/** By attribute; an attribute that is not here keeps what {@link ANYTHING} says. */
const SAY: Readonly<Record<string, (value: string) => Partial<Asked>>> = {
  country: value => ({ country: COUNTRIES.get(value) ?? ANYTHING.country }),
  device_type: value => ({ devicetype: DEVICE_CODES[value]?.[0] ?? ANYTHING.devicetype }),
  language: value => ({ language: value }),
  domain: value => ({ domain: value, bundle: null }),
  bundle: value => ({ bundle: value, domain: null }),
  publisher: value => ({ publisher: value.slice(value.indexOf('/') + 1) }),
  category: value => ({ cat: [value.slice(value.indexOf(':') + 1)], cattax: Number.parseInt(value, 10) }),
  start: value => ({ startdelay: START_DELAYS[value] ?? 0 }),
}

/** The first value of each list that must be met. Of an `any` the first branch; exclusions and ranges say nothing. */
export function askedBy(snapshot: Snapshot, lineItem: number): Asked {
  const out = { ...ANYTHING }
  for (const { attribute, term } of requiredTerms(snapshot, snapshot.line_item.program[lineItem]!)) {
    const { name } = snapshot.meta.attributes[attribute]! // the program's own number
    const value = snapshot.strings.get(snapshot.term.value_str[term]!) // likewise; a list's terms have values
    const [say, said] = name === 'list' ? memberOf(snapshot, term) : [name, value]
    Object.assign(out, SAY[say]?.(said))
  }
  return out
}

function requiredTerms(snapshot: Snapshot, at: number): { attribute: number; term: number }[] {
  const { programs, term_lists } = snapshot
  const op = programs[at]
  if (op === PROGRAM.NOT || op === PROGRAM.RANGE) return []
  if (op !== PROGRAM.LEAF) {
    const parts = children(programs, at)
    return (op === PROGRAM.OR ? parts.slice(0, 1) : parts).flatMap(part => requiredTerms(snapshot, part))
  }
  const [attribute, from, n] = [programs[at + 2]!, programs[at + 3]!, programs[at + 4]!] // a whole leaf
  const isNamed = snapshot.meta.attributes[attribute]?.bounds_n === 0
  return isNamed && n > 0 ? [{ attribute, term: term_lists[from]! }] : []
}

/** Attribute and value of the first member of an inventory list. */
function memberOf({ meta, listMember, term, postings, strings }: Snapshot, list: number): [string, string] {
  const { first_term, terms } = meta.attributes[listMember] ?? { first_term: 0, terms: 0 }
  for (let member = first_term; member < first_term + terms; member++) {
    const from = term.in_at[member]! // a row of the table, here and below
    if (!postings.subarray(from, from + term.in_n[member]!).includes(list)) continue
    const text = strings.get(term.value_str[member]!)
    return [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
  }
  return ['', '']
}
