/** Line items, campaigns, creatives and rotations as rows, numbered as they are met in rank order. */
import type { Row } from '@flightplan/contract/columns.ts'
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
import type { CampaignNode, LineItemNode, Place } from '../resolve/world.ts'
import type { ValidFileOf } from '../validate.ts'
import { CreativeTable } from './creatives.ts'
import { type Layout, termsOf } from './layout.ts'
import { advertiserMeta, orderMeta } from './meta.ts'
import { ListPool, type StringPool, Words } from './pools.ts'
import { writeProgram } from './program.ts'
import { table } from './sections.ts'
import type { TargetedItem } from './target-all.ts'
import { dealValues } from './targeting.ts'
import type { Vocabulary } from './vocabulary.ts'

export class Rows {
  readonly zones: string[] = []
  readonly orders: OrderMeta[] = []
  readonly advertisers: AdvertiserMeta[] = []
  readonly places: { line_items: Place[]; campaigns: Place[]; creatives: Place[] }
  readonly #lineItems: Row<typeof TABLES.line_item>[] = []
  readonly #campaigns: Row<typeof TABLES.campaign>[] = []
  readonly #segments: Row<typeof TABLES.segment>[] = []
  readonly #rotation: Row<typeof TABLES.rotation>[] = []
  readonly #creatives: CreativeTable
  readonly #templates = new Words()
  readonly #programs = new Words()
  readonly #termLists = new ListPool()
  readonly #stringLists = new ListPool()
  readonly #numbers = new Map<string, number>()
  readonly #strings: StringPool
  readonly #layout: Layout
  readonly #vocabulary: Vocabulary
  readonly #models: ReadonlyMap<string, number>

  constructor(
    items: readonly TargetedItem[],
    layout: Layout,
    vocabulary: Vocabulary,
    strings: StringPool,
    models: readonly ModelMeta[],
  ) {
    this.#layout = layout
    this.#vocabulary = vocabulary
    this.#strings = strings
    this.#models = new Map(models.map(({ id }, i) => [id, i]))
    const sink = { strings, string_lists: this.#stringLists, templates: this.#templates }
    const advertiserIndex = (id: string) => this.#numbers.get(`advertiser ${id}`)! // the campaign's, numbered before
    this.#creatives = new CreativeTable({ ...sink, advertiserIndex })
    this.places = { line_items: [], campaigns: [], creatives: this.#creatives.places }
    for (const item of items) this.#addLineItem(item)
  }

  sections(): [string, ArrayBufferView][] {
    return [
      ...table('line_item', TABLES.line_item, this.#lineItems),
      ...table('campaign', TABLES.campaign, this.#campaigns),
      ...table('segment', TABLES.segment, this.#segments),
      ...table('rotation', TABLES.rotation, this.#rotation),
      ...table('creative', TABLES.creative, this.#creatives.rows),
      ['term_lists', this.#termLists.words.view()],
      ['string_lists', this.#stringLists.words.view()],
      ['programs', this.#programs.view()],
      ['templates', this.#templates.view()],
    ]
  }

  #addLineItem({ item, expression, residual }: TargetedItem): void {
    const sink = { programs: this.#programs, term_lists: this.#termLists, layout: this.#layout }
    const campaign = this.#campaignIndex(item.campaign)
    const deals = this.#dealTerms(item)
    const rotation_at = this.#rotation.length
    for (const { creative, weight } of item.creatives)
      this.#rotation.push({ creative: this.#creatives.index(creative, item.campaign.zone), weight })
    this.places.line_items.push(item.place)
    this.#lineItems.push({
      id_str: this.#strings.id(item.id),
      campaign,
      tier: item.tier,
      bid_kind: BID_KINDS.indexOf(item.bidKind),
      bid_nano: item.bid_nano,
      max_nano: item.max_nano,
      start_ms: item.start_ms,
      end_ms: item.end_ms,
      open_auction: item.open_auction ? 1 : 0,
      residual,
      program: writeProgram(expression, sink),
      rotation_at,
      rotation_n: item.creatives.length,
      deals_at: this.#termLists.at(deals),
      deals_n: deals.length,
      ctr_model: this.#model(item.ctrModel),
      cvr_model: this.#model(item.cvrModel),
      daily_nano: item.daily_nano,
      total_nano: item.total_nano,
      impressions: item.value.budget?.impressions ?? Number.NaN,
    })
  }

  #dealTerms({ deals }: LineItemNode): number[] {
    if (deals.length === 0) return []
    const attribute = this.#vocabulary.attribute('deal')
    const values = dealValues(deals, this.#vocabulary)
    return termsOf(attribute, values, this.#layout)
  }

  #campaignIndex(campaign: CampaignNode): number {
    return this.#number(`campaign ${campaign.id}`, this.#campaigns.length, () => {
      const advertiser = this.#advertiserIndex(campaign.advertiser)
      const segments_at = this.#segments.length
      this.#addSegments(campaign)
      this.places.campaigns.push({ file: campaign.file.file, path: ['campaign'] })
      this.#campaigns.push({
        id_str: this.#strings.id(campaign.id),
        order: this.#orderIndex(campaign.order, advertiser),
        advertiser,
        zone: this.#number(`zone ${campaign.zone}`, this.zones.length, () => this.zones.push(campaign.zone)),
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
    return this.#number(`order ${order.id}`, this.orders.length, () =>
      this.orders.push(orderMeta(order.value, advertiser)),
    )
  }

  #advertiserIndex({ id, value }: ValidFileOf<'advertiser'>): number {
    return this.#number(`advertiser ${id}`, this.advertisers.length, () => this.advertisers.push(advertiserMeta(value)))
  }

  #model(id: string | null): number {
    return id === null ? NONE_16 : (this.#models.get(id) ?? NONE_16)
  }

  /** The number of something, given out on first sight. */
  #number(key: string, next: number, add: () => unknown): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, next)
    add()
    return next
  }
}
