/** Request → terms: what the index, the residual check and `explain` match against. */
import { ATTRIBUTES, attributeBase } from '@flightplan/contract/attributes.ts'
import { LIST_MEMBER } from '@flightplan/contract/snapshot.ts'
import type { Imp, Slot } from '../auction.ts'
import type { Snapshot } from '../snapshot.ts'
import { DEVICE_READERS } from './device.ts'
import { GEO_READERS } from './geo.ts'
import { INVENTORY_READERS } from './inventory.ts'
import { PEOPLE_READERS } from './people.ts'
import type { Reader, Reading, SlotReading, Terms } from './reader.ts'
import { SLOT_READERS } from './slot.ts'
import { TIME_READERS } from './time.ts'

const REQUEST_READERS: Record<string, Reader> = {
  ...GEO_READERS,
  ...DEVICE_READERS,
  ...INVENTORY_READERS,
  ...PEOPLE_READERS,
  ...TIME_READERS,
}
const SLOT_LEVEL: Record<string, Reader<SlotReading>> = SLOT_READERS

interface Bound<R extends Reading> {
  attribute: number
  parameter: string
  read: Reader<R>
}
export interface Readers {
  request: Bound<Reading>[]
  slot: Bound<SlotReading>[]
}

const NO_TERMS: readonly number[] = Object.freeze([])

/** Binds the readers of the attributes that this snapshot uses; once per snapshot. */
export function bindReaders(snapshot: Snapshot): Readers {
  const readers: Readers = { request: [], slot: [] }
  snapshot.meta.attributes.forEach(({ name }, attribute) => {
    if (name === LIST_MEMBER) return
    const base = attributeBase(name)
    const parameter = name.slice(base.length + 1)
    if (ATTRIBUTES[base].level === 'request')
      readers.request.push({ attribute, parameter, read: known(REQUEST_READERS[base], name) })
    else readers.slot.push({ attribute, parameter, read: known(SLOT_LEVEL[base], name) })
  })
  return readers
}

/** A release may name an attribute that only a newer runtime reads: refuse it at load, do not guess. */
function known<T>(reader: T | undefined, name: string): T {
  if (!reader) throw new RangeError(`this runtime does not know the attribute ${name}`)
  return reader
}

/** Terms of the request by attribute; slot attributes are empty. */
export function requestTerms(readers: Readers, reading: Reading): (readonly number[])[] {
  const values: (readonly number[])[] = new Array(reading.snapshot.meta.attributes.length).fill(NO_TERMS)
  fill(values, readers.request, reading)
  return values
}

/** The request's terms with those of one slot. */
export function slotTerms(
  readers: Readers,
  reading: Reading,
  ofRequest: readonly (readonly number[])[],
  imp: Imp,
  slot: Slot,
): (readonly number[])[] {
  const values = ofRequest.slice()
  fill(values, readers.slot, { ...reading, imp, slot })
  return values
}

/** Most attributes of a request have no term that any line item asks about: only those that do get an array. */
function fill<R extends Reading>(values: (readonly number[])[], bound: readonly Bound<R>[], reading: R): void {
  let out: Terms = []
  for (const { attribute, parameter, read } of bound) {
    read(reading, attribute, parameter, out)
    if (out.length === 0) continue
    values[attribute] = out
    out = []
  }
}
