/** What goes in and out of the two pure steps of a bid, {@link select} and {@link decide} (DESIGN 1). */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Auction, Imp, Slot } from './auction.ts'
import type { Terms } from './index/program.ts'

/** What the request policy says (policies/request, through OPA). Fails closed: a fault is `allow: false`. */
export interface Verdict {
  allow: boolean
  /** A reason of contract/reasons.ts when `allow` is false. */
  reason: ReasonName | null
  use: PersonalField[]
  /** Derived boolean attributes that line items may name as `rule:`. */
  rules: Record<string, boolean>
}

/** Personal fields that a policy may let the engine use. What is not in `use` is not read, logged or sent on. */
export const PERSONAL_FIELDS = ['ids', 'precise_geo', 'segments', 'demographics', 'ip'] as const
export type PersonalField = (typeof PERSONAL_FIELDS)[number]

/** What the policy sees; the projection to the paths that it reads is made by the runtime. */
export interface PolicyInput {
  exchange: string
  test: boolean
  channel: string
  geo: { country: string; region: string }
  privacy: {
    /** null: the request does not say. */
    gdpr: boolean | null
    /** GDPR applies as far as we can tell: said, listed in gpp_sid, or unknown and the country is in the EEA, UK or CH. */
    gdpr_applies: boolean
    tcf_valid: boolean
    vendor_allowed: boolean
    /** Purposes 1–10 that consent or legitimate interest allows our vendor. */
    purposes: number[]
    precise_geo_opt_in: boolean
    us_opt_out: boolean
    coppa: boolean
    lmt: boolean
    dnt: boolean
    gpc: boolean
    dsa: number | null
  }
  supply: { complete: boolean | null; hops: number; ads_txt: 'authorized' | 'unauthorized' | 'unknown' }
  traffic: { invalid: boolean }
  content: { rating: number | null; categories: string[]; livestream: boolean | null }
  device: { type: number | null; os: string }
  hour_utc: number
}

export type Policy = (input: PolicyInput) => Verdict

/** One line item that may take one slot of an imp. Numbers index the snapshot's tables. */
export interface Candidate {
  imp: Imp
  slot: Slot
  line_item: number
  /** Terms of the slot by attribute: what a residual check runs on. */
  terms: Terms
  /** Creatives that fit the slot, as indexes into the snapshot's `rotation`. */
  rotation: number[]
  /** Indexes into imp.deals that the line item buys and that are open to us. */
  deals: number[]
  /** Whether it may bid without a deal too. */
  open: boolean
}

/** The outcome of {@link select}: who may bid, and what must be looked up before they do. */
export interface Selection {
  auction: Auction
  exchange: string
  now_ms: number
  verdict: Verdict
  candidates: Candidate[]
  /** Why there is no candidate, or null. */
  reason: ReasonName | null
  lookups: { profile_key: string | null; models: number[] }
}

/** What the shell looked up; a missing answer means: use the declared fallback. */
export interface Answers {
  /** Names in our own profile store that the user has. */
  profile: readonly string[] | null
  /** Predicted probabilities by model index, aligned with Selection.candidates; NaN: none. */
  predictions: ReadonlyMap<number, Float64Array>
}

/** Read-only view of what may still be spent, in nano of the order's currency; Infinity: no limit. */
export interface Authority {
  lineItemDaily_nano(lineItem: number): number
  lineItemTotal_nano(lineItem: number): number
  lineItemImpressions(lineItem: number): number
  campaignDaily_nano(campaign: number): number
  /** Of the whole campaign and of its budget's segment that runs now, the lesser. */
  campaignTotal_nano(campaign: number): number
}

/** A bid, before it is written as OpenRTB. */
export interface Bid {
  candidate: Candidate
  creative: number
  /** Bid price in nano of `currency`, per impression. */
  price_nano: number
  currency: string
  /** Index into imp.deals, or null for the open auction. */
  deal: number | null
  seat: string
  charge: Charge
}

/** What a bid would cost if it is billed at its own price, in nano of the order's currency. */
export interface Charge {
  line_item: number
  campaign: number
  cost_nano: number
}

export interface Loser {
  imp: string
  /** Format of the slot. */
  slot: Slot['format']
  line_item: number
  reason: ReasonName
  /** Floor or price that it missed, in nano of the bid currency, where there is one. */
  needed_nano?: number
  offered_nano?: number
}

export interface Decision {
  selection: Selection
  bids: Bid[]
  /** Empty unless `decide` was asked to tell them. */
  losers: Loser[]
  /** Why there is no bid, or null. */
  reason: ReasonName | null
}
