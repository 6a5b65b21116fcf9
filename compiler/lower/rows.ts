/** Line items, campaigns, creatives and rotations as rows, numbered as they are met in rank order. */
import { type Columns, newColumns, type Row } from '@flightplan/contract/columns.ts'
import { parseNano } from '@flightplan/contract/decimal.ts'
import {
  type AdvertiserMeta,
  BID_KINDS,
  type ModelMeta,
  NONE_16,
  type OrderMeta,
  TABLES,
} from '@flightplan/contract/snapshot.ts'
import { endOfMinute_ms, startOfMinute_ms } from '../resolve/local-time.ts'
import type { CampaignNode, Place } from '../resolve/world.ts'
import type { ValidFileOf } from '../validate.ts'
import { CreativeTable } from './creatives.ts'
import type { Layout } from './layout.ts'
import { advertiserMeta, orderMeta } from './meta.ts'
import { ListPool, type StringPool, Words } from './pools.ts'
import { writeProgram } from './program.ts'
import { sectionsOf, table } from './sections.ts'
import type { Targeted, TargetedItem } from './target-all.ts'

export class Rows {
  readonly zones: string[] = []
  readonly orders: OrderMeta[] = []
  readonly advertisers: AdvertiserMeta[] = []
  readonly places: { campaigns: Place[]; creatives: Place[] }
  readonly #lineItems: Columns<typeof TABLES.line_item>
  readonly #campaigns: Row<typeof TABLES.campaign>[] = []
  readonly #segments: Row<typeof TABLES.segment>[] = []
  readonly #rotation: Columns<typeof TABLES.rotation>
  readonly #creatives: CreativeTable
  readonly #templates = new Words()
  readonly #programs: Words
  readonly #stringLists = new ListPool()
  /** By campaign, order, advertiser, and name of a zone. */
  readonly #numbers = new Map<object | string, number>()
  readonly #strings: StringPool
  readonly #layout: Layout
  readonly #models: ReadonlyMap<string, number>

  constructor({ items, pool }: Targeted, layout: Layout, strings: StringPool, models: readonly ModelMeta[]) {
    this.#layout = layout
    this.#strings = strings
    this.#models = new Map(models.map(({ id }, i) => [id, i]))
    const sink = { strings, string_lists: this.#stringLists, templates: this.#templates, contents: pool.contents }
    const advertiserIndex = (advertiser: object) => this.#numbers.get(advertiser)! // the campaign's, numbered before
    this.#creatives = new CreativeTable({ ...sink, advertiserIndex })
    this.places = { campaigns: [], creatives: this.#creatives.places }
    this.#lineItems = newColumns(TABLES.line_item, items.length)
    const rotations = items.reduce((sum, { item }) => sum + item.creatives.length, 0)
    this.#rotation = newColumns(TABLES.rotation, rotations)
    const words = items.reduce((sum, { code_n }) => sum + code_n, 0)
    this.#programs = new Words(2 * words) // a leaf grows from three words to five
    const code = pool.code.view()
    let base = 0
    let rotation = 0
    for (let i = 0; i < items.length; i++) {
      const targeted = items[i]! // i is in range; `entries()` would make 100,000 pairs
      const { item, code_at, code_n, predicates } = targeted
      this.#writeLineItem(i, targeted)
      this.#lineItems.rotation_at[i] = rotation
      for (const { creative, weight } of item.creatives) {
        this.#rotation.creative[rotation] = this.#creatives.index(creative, item.campaign.zone)
        this.#rotation.weight[rotation++] = weight
      }
      this.#lineItems.program[i] = this.#programs.length
      writeProgram(code, { from: code_at, to: code_at + code_n, base }, layout, this.#programs)
      base += predicates
    }
  }

  sections(): [string, ArrayBufferView][] {
    return [
      ...sectionsOf('line_item', this.#lineItems),
      ...table('campaign', TABLES.campaign, this.#campaigns),
      ...table('segment', TABLES.segment, this.#segments),
      ...sectionsOf('rotation', this.#rotation),
      ...table('creative', TABLES.creative, this.#creatives.rows),
      ['term_lists', this.#layout.lists.terms],
      ['string_lists', this.#stringLists.words.view()],
      ['programs', this.#programs.view()],
      ['templates', this.#templates.view()],
    ]
  }

  /** All but the program and the rotation. */
  #writeLineItem(i: number, { item, residual, deals }: TargetedItem): void {
    const row = this.#lineItems
    const { lists } = this.#layout
    row.campaign[i] = this.#campaignIndex(item.campaign)
    row.rotation_n[i] = item.creatives.length
    row.id_str[i] = this.#strings.add(item.id)
    row.tier[i] = item.tier
    row.bid_kind[i] = BID_KINDS.indexOf(item.bidKind)
    row.bid_nano[i] = item.bid_nano
    row.max_nano[i] = item.max_nano
    row.start_ms[i] = item.start_ms
    row.end_ms[i] = item.end_ms
    row.open_auction[i] = item.open_auction ? 1 : 0
    row.residual[i] = residual
    row.deals_at[i] = deals < 0 ? 0 : lists.at[deals]! // the layout knows every list that is used
    row.deals_n[i] = deals < 0 ? 0 : lists.n[deals]! // likewise
    row.ctr_model[i] = this.#model(item.ctrModel)
    row.cvr_model[i] = this.#model(item.cvrModel)
    row.daily_nano[i] = item.daily_nano
    row.total_nano[i] = item.total_nano
    row.impressions[i] = item.value.budget?.impressions ?? Number.NaN
  }

  #campaignIndex(campaign: CampaignNode): number {
    return this.#number(campaign, this.#campaigns.length, () => {
      const advertiser = this.#advertiserIndex(campaign.advertiser)
      const segments_at = this.#segments.length
      this.#addSegments(campaign)
      this.places.campaigns.push({ file: campaign.file.file, path: ['campaign'] })
      this.#campaigns.push({
        id_str: this.#strings.id(campaign.id),
        order: this.#orderIndex(campaign.order, advertiser),
        advertiser,
        zone: this.#number(campaign.zone, this.zones.length, () => this.zones.push(campaign.zone)),
        daily_nano: campaign.daily_nano,
        total_nano: campaign.total_nano,
        segments_at,
        segments_n: this.#segments.length - segments_at,
      })
    })
  }

  /** Whole days in the campaign's zone. Amounts were checked. */
  #addSegments({ id, zone, file }: CampaignNode): void {
    for (const [name, { from, to, amount }] of Object.entries(file.value.budget.segments ?? {}))
      this.#segments.push({
        id_str: this.#strings.id(`${id}/${name}`),
        start_ms: startOfMinute_ms(`${from} 00:00`, zone),
        end_ms: endOfMinute_ms(`${to} 23:59`, zone),
        total_nano: Number(parseNano(String(amount))),
      })
  }

  #orderIndex(order: ValidFileOf<'order'>, advertiser: number): number {
    return this.#number(order, this.orders.length, () => this.orders.push(orderMeta(order.value, advertiser)))
  }

  #advertiserIndex(advertiser: ValidFileOf<'advertiser'>): number {
    return this.#number(advertiser, this.advertisers.length, () =>
      this.advertisers.push(advertiserMeta(advertiser.value)),
    )
  }

  #model(id: string | null): number {
    return id === null ? NONE_16 : (this.#models.get(id) ?? NONE_16)
  }

  /** The number of something, given out on first sight. */
  #number(key: object | string, next: number, add: () => unknown): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, next)
    add()
    return next
  }
}
