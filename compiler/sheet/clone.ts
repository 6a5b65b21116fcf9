/** A campaign → the files of a copy under another id, as a draft, with every date moved into the new flight. */
import { posix } from 'node:path'
import { type Document, isMap, parseDocument, Scalar } from 'yaml'
import { format } from '../fmt.ts'
import type { CampaignNode, LineItemNode, World } from '../resolve/world.ts'
import type { Path } from '../yaml-tree.ts'
import { rowOf } from './columns.ts'
import { exportRows } from './export.ts'

export interface CloneOptions {
  as: string
  /** `2027-03-01 00:00`, in the zone of the campaign. */
  start: string
  end: string
}

export interface Clone {
  /** Path → text. */
  files: Map<string, string>
  /** Why there is no clone: a part of the campaign has no day in the new flight. */
  faults: string[]
}

const DAY_MS = 86_400_000
const isYaml = (path: string): boolean => /\.ya?ml$/.test(path)

export function cloneCampaign(world: World, campaign: CampaignNode, options: CloneOptions): Clone {
  const move = mover(campaign, options)
  const items = world.line_items.filter(item => item.campaign === campaign)
  const from = campaign.file.file.path
  const to = pathOfClone(campaign, options.as)
  const files = new Map([[to, campaignText(campaign, options, move)]])
  for (const item of items) {
    const { path } = item.place.file
    if (path !== from && isYaml(path))
      files.set(moved(path, from, to, options.as), lineItemText(item, options.as, move))
  }
  const sheet = campaign.file.value.line_items_from
  if (sheet !== undefined) {
    const rows = items
      .filter(({ place }) => !isYaml(place.file.path))
      .map(({ id, value }) => {
        const flight = value.flight && move.flight(value.flight, id)
        return rowOf(options.as, id.slice(campaign.id.length + 1), { ...value, ...(flight ? { flight } : {}) })
      })
    files.set(moved(posix.join(posix.dirname(from), sheet), from, to, options.as), exportRows(rows, 'own'))
  }
  return { files, faults: move.faults }
}

const inFolder = (path: string): boolean => posix.basename(path) === 'campaign.yaml'

/** A campaign in a folder of its own gets another folder, named without the advertiser; else a file beside it. */
function pathOfClone({ file, advertiser }: CampaignNode, as: string): string {
  const folder = posix.dirname(file.file.path)
  const short = as.startsWith(`${advertiser.id}-`) ? as.slice(advertiser.id.length + 1) : as
  return inFolder(file.file.path)
    ? posix.join(posix.dirname(folder), short, 'campaign.yaml')
    : posix.join(folder, `${as}.yaml`)
}

function moved(path: string, from: string, to: string, as: string): string {
  const relative = posix.relative(posix.dirname(from), path)
  if (inFolder(from) && !relative.startsWith('..')) return posix.join(posix.dirname(to), relative)
  return posix.join(posix.dirname(path), `${as}.${posix.basename(path)}`)
}

type LineFlight = { start?: string; end?: string }
interface Mover {
  flight(own: LineFlight, what: string): LineFlight
  days(own: { from: string; to: string }, what: string): { from: string; to: string }
  faults: string[]
}

/** Moves by the days between the starts, then cuts off what lies outside. Texts of one form compare as times do. */
function mover({ file }: CampaignNode, { start, end }: CloneOptions): Mover {
  const shift_ms = dayOf(start) - dayOf(file.value.flight.start)
  const faults: string[] = []
  const shifted = (text: string): string => new Date(dayOf(text) + shift_ms).toISOString().slice(0, 10) + text.slice(10)
  const within = (from: string, to: string, what: string): [string, string] => {
    const [low, high] = [start.slice(0, from.length), end.slice(0, to.length)]
    const range: [string, string] = [from < low ? low : from, to > high ? high : to]
    if (range[0] > range[1]) faults.push(`${what} would run from ${from} to ${to}, which is outside of the new flight`)
    return range
  }
  return {
    faults,
    flight(own, what) {
      const [from, to] = within(own.start ? shifted(own.start) : start, own.end ? shifted(own.end) : end, what)
      return { ...(own.start ? { start: from } : {}), ...(own.end ? { end: to } : {}) }
    },
    days(own, what) {
      const [from, to] = within(shifted(own.from), shifted(own.to), what)
      return { from, to }
    },
  }
}

const dayOf = (text: string): number => Math.round(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY_MS) * DAY_MS

function campaignText({ id, file }: CampaignNode, { as, start, end }: CloneOptions, move: Mover): string {
  const document = open(file.file.text)
  setText(document, ['campaign'], as)
  setStatus(document)
  setAll(document, ['flight'], { start, end })
  const sheet = file.value.line_items_from
  if (sheet !== undefined && !inFolder(file.file.path))
    setText(document, ['line_items_from'], posix.join(posix.dirname(sheet), `${as}.${posix.basename(sheet)}`))
  for (const [name, segment] of Object.entries(file.value.budget.segments ?? {}))
    setAll(document, ['budget', 'segments', name], move.days(segment, `budget segment ${name}`))
  for (const [name, item] of Object.entries(file.value.line_items ?? {}))
    if (item.flight) setAll(document, ['line_items', name, 'flight'], move.flight(item.flight, `${id}/${name}`))
  return written(document)
}

function lineItemText({ id, place, value }: LineItemNode, as: string, move: Mover): string {
  const document = open('text' in place.file ? String(place.file.text) : '') // places of YAML are in parsed files
  setText(document, ['campaign'], as)
  if (value.flight) setAll(document, ['flight'], move.flight(value.flight, id))
  return written(document)
}

const open = (text: string): Document => parseDocument(text, { version: '1.2', schema: 'failsafe', stringKeys: true })
const written = (document: Document): string => format(String(document)) ?? String(document)

function setAll(document: Document, at: Path, values: object): void {
  for (const [key, value] of Object.entries(values)) setText(document, [...at, key], String(value))
}

/** The scalar stays where it is, with its comment. */
function setText(document: Document, at: Path, text: string): void {
  const node = document.getIn(at, true)
  if (node instanceof Scalar) node.value = text
  else document.setIn(at, text)
}

/** Nobody wants a copy to bid before it was looked at. */
function setStatus(document: Document): void {
  const root = document.contents
  if (document.has('status')) setText(document, ['status'], 'draft')
  if (document.has('status') || !isMap(root)) return
  const after = root.items.findIndex(({ key }) => String(key) === 'order')
  root.items.splice(after + 1, 0, document.createPair('status', 'draft') as (typeof root.items)[number])
}
