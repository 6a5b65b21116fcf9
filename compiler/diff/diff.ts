/** What changed between two configurations, thing by thing and field by field; no change of text alone is one. */
import type { Span } from '@flightplan/contract/diagnostic.ts'
import { spanOf, type World } from '../resolve/world.ts'
import { type Entity, entitiesOf } from './entities.ts'
import { type FieldValue, sameValue } from './fields.ts'

export interface FieldChange {
  field: string
  /** Null: it was not there. */
  from: string | null
  to: string | null
  /** In the new configuration; of the nearest value above where the field is not written there itself. */
  span: Span
}

export interface Change {
  op: 'added' | 'removed' | 'changed'
  kind: string
  id: string
  advertiser: string | null
  campaign: string | null
  fields: FieldChange[]
  /** In the new configuration; of the old one for what is removed. */
  span: Span
}

/** By advertiser, campaign, kind and id. */
export function diffWorlds(base: World, head: World): Change[] {
  const [before, after] = [entitiesOf(base), entitiesOf(head)]
  const changes: Change[] = []
  for (const [key, entity] of after) {
    const old = before.get(key)
    const fields = changedFields(old, entity)
    if (!old || fields.length > 0) changes.push(changeOf(old ? 'changed' : 'added', entity, fields))
  }
  for (const [key, entity] of before) if (!after.has(key)) changes.push(changeOf('removed', entity, []))
  return changes.sort((a, b) => compareText(sortKey(a), sortKey(b)))
}

/** What is shared comes last. */
const sortKey = ({ advertiser, campaign, kind, id }: Change): string =>
  [advertiser ?? '\uffff', campaign ?? '\uffff', kind === 'campaign' ? '' : kind, id].join('\u0000')
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function changeOf(op: Change['op'], { kind, id, advertiser, campaign, place }: Entity, fields: FieldChange[]): Change {
  return { op, kind, id, advertiser, campaign, fields, span: spanOf(place) }
}

/** Of something new, all that it says; of something old, what differs. */
function changedFields(old: Entity | undefined, entity: Entity): FieldChange[] {
  const names = [...new Set([...(old?.fields.keys() ?? []), ...entity.fields.keys()])].sort()
  return names.flatMap(field => {
    const [from, to] = [old?.fields.get(field), entity.fields.get(field)]
    if (sameValue(from, to)) return []
    const path = field.replace(/ \(and\)$/, '').split('.')
    const span = spanOf({ file: entity.place.file, path: [...entity.place.path, ...path] })
    return [{ field, ...shown(from, to), span }]
  })
}

/** A list of more members than this is shown as what was added and taken out. */
const SHOWN_MEMBERS = 12

function shown(from: FieldValue | undefined, to: FieldValue | undefined): Pick<FieldChange, 'from' | 'to'> {
  if (!isList(from) || !isList(to) || from.length + to.length <= SHOWN_MEMBERS)
    return { from: text(from), to: text(to) }
  const [old, now] = [new Set(from), new Set(to)]
  const gone = from.filter(one => !now.has(one))
  const added = to.filter(one => !old.has(one))
  return { from: `${from.length} entries, less ${few(gone)}`, to: `${to.length} entries, with ${few(added)}` }
}

const isList = (value: FieldValue | undefined): value is readonly string[] => Array.isArray(value)
const text = (value: FieldValue | undefined): string | null =>
  value === undefined ? null : isList(value) ? few(value) : value

function few(members: readonly string[]): string {
  const head = members.slice(0, SHOWN_MEMBERS).join(', ')
  return members.length > SHOWN_MEMBERS ? `[${head}, … ${members.length} in all]` : `[${head}]`
}
