/** The shape of a BidResponse: which attributes there are, of which type, and which must be there (OpenRTB 2.6 §4.2). */
import { type Tree, tree } from '../oracle/lenient.ts'

const TYPES = {
  string: (value: unknown) => typeof value === 'string',
  integer: (value: unknown) => Number.isSafeInteger(value),
  float: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
  object: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'string array': (value: unknown) => Array.isArray(value) && value.every(TYPES.string),
  'integer array': (value: unknown) => Array.isArray(value) && value.every(TYPES.integer),
  'object array': (value: unknown) => Array.isArray(value) && value.every(TYPES.object),
} as const
type TypeName = keyof typeof TYPES

/** Attribute → type; `!` after it: required. */
type Shape = Readonly<Record<string, TypeName | `${TypeName}!`>>

export const SHAPES = {
  BidResponse: {
    id: 'string!',
    seatbid: 'object array',
    bidid: 'string',
    cur: 'string',
    customdata: 'string',
    nbr: 'integer',
    ext: 'object',
  },
  SeatBid: { bid: 'object array!', seat: 'string', group: 'integer', ext: 'object' },
  Bid: {
    id: 'string!',
    impid: 'string!',
    price: 'float!',
    nurl: 'string',
    burl: 'string',
    lurl: 'string',
    adm: 'string',
    adid: 'string',
    adomain: 'string array',
    bundle: 'string',
    iurl: 'string',
    cid: 'string',
    crid: 'string',
    tactic: 'string',
    cattax: 'integer',
    cat: 'string array',
    attr: 'integer array',
    apis: 'integer array',
    api: 'integer',
    protocol: 'integer',
    qagmediarating: 'integer',
    language: 'string',
    langb: 'string',
    dealid: 'string',
    w: 'integer',
    h: 'integer',
    wratio: 'integer',
    hratio: 'integer',
    exp: 'integer',
    dur: 'integer',
    mtype: 'integer',
    slotinpod: 'integer',
    ext: 'object',
  },
} as const satisfies Record<string, Shape>
export type ShapeName = keyof typeof SHAPES

export function shapeFaults(name: ShapeName, value: Tree): string[] {
  const shape: Shape = SHAPES[name]
  const faults = Object.entries(shape)
    .filter(([key, type]) => type.endsWith('!') && value[key] === undefined)
    .map(([key]) => `${name}.${key} is required`)
  for (const [key, found] of Object.entries(value)) {
    const type = Object.hasOwn(shape, key) ? shape[key] : undefined
    if (type === undefined) faults.push(`${name}.${key} is no attribute of OpenRTB 2.6`)
    else if (!TYPES[type.replace('!', '') as TypeName](found)) faults.push(`${name}.${key} is no ${type}`) // key of TYPES
  }
  return faults
}

/** Where our table and one from the specification itself disagree; the table's form is that of openrtb-2.6-tables.json. */
export function shapeDifferences(specification: Tree): string[] {
  return Object.entries<Shape>(SHAPES).flatMap(([name, shape]) => {
    const theirs = tree(specification[name])
    return [...new Set([...Object.keys(shape), ...Object.keys(theirs)])].flatMap(key => {
      const { t, req } = tree(theirs[key])
      const expected = `${t}${req ? '!' : ''}`
      return shape[key] === expected ? [] : [`${name}.${key}: ${shape[key]}, by the specification ${expected}`]
    })
  })
}
