/**
 * Why a request got no bid, and why a line item did not get an imp. Numbers are stable: they are in metrics, logs and
 * `flight explain`. `nbr` is the OpenRTB 3.0 no-bid reason that the exchange may be told.
 */
export interface Reason {
  code: number
  /** The stage that judges it, in the order of the path of a bid. */
  stage: 'request' | 'policy' | 'index' | 'fit' | 'price' | 'authority' | 'auction'
  nbr: number
  text: string
}

const reason = (code: number, stage: Reason['stage'], nbr: number, text: string): Reason => ({ code, stage, nbr, text })

export const REASONS = {
  // the whole request
  invalid_request: reason(100, 'request', 2, 'the request is malformed'),
  unknown_exchange: reason(101, 'request', 2, 'no such exchange in the release'),
  exchange_stopped: reason(
    102,
    'request',
    1,
    'the exchange is stopped in its YAML, or a secret that it needs is missing',
  ),
  shed: reason(103, 'request', 1, 'the exchange sends more than its max_qps'),
  deadline: reason(104, 'request', 15, 'tmax less network and headroom leaves no time'),
  no_imp: reason(105, 'request', 2, 'no imp that could be read'),
  currency_not_accepted: reason(107, 'request', 1, 'the exchange takes no currency that we bid in'),
  internal: reason(108, 'request', 0, 'an internal fault; the request was answered with no bid'),
  policy_denied: reason(120, 'policy', 1, 'a rule in policies/request says no'),
  privacy: reason(121, 'policy', 1, 'consent or law does not allow a bid'),
  supply_chain: reason(122, 'policy', 16, 'the supply chain is incomplete or too long'),
  ads_txt: reason(123, 'policy', 12, 'ads.txt does not authorise this seller'),
  invalid_traffic: reason(124, 'policy', 4, 'bot or data-centre traffic'),
  // one line item
  targeting: reason(200, 'index', 0, '`where:` does not match'),
  beyond_cut: reason(201, 'index', 0, 'matched, but 64 line items of higher tier or price came first'),
  no_candidate: reason(202, 'index', 0, 'no line item matches'),
  not_in_flight: reason(210, 'fit', 0, 'outside of the flight dates'),
  creative_inactive: reason(211, 'fit', 0, 'no creative is active now'),
  creative_shape: reason(212, 'fit', 0, 'no creative fits the size or format'),
  creative_attribute: reason(213, 'fit', 0, 'battr blocks every creative that fits'),
  creative_media: reason(214, 'fit', 0, 'mimes, protocols, api or duration fit no creative'),
  creative_assets: reason(215, 'fit', 0, 'a required native asset is missing'),
  creative_language: reason(216, 'fit', 0, 'wlang leaves out every creative language'),
  creative_audit: reason(217, 'fit', 0, 'the exchange has not approved a creative'),
  creative_secure: reason(218, 'fit', 0, 'the imp needs https and the creative is not'),
  blocked_advertiser: reason(220, 'fit', 0, 'badv, or a deal’s wadomain, excludes the advertiser'),
  blocked_category: reason(221, 'fit', 0, 'bcat or acat excludes the category'),
  category_taxonomy: reason(222, 'fit', 0, 'bcat is in a taxonomy that the advertiser has no category in'),
  blocked_app: reason(223, 'fit', 0, 'bapp blocks the app that is advertised'),
  dsa_required: reason(224, 'fit', 0, 'the DSA statement is required and the advertiser has none'),
  seat: reason(225, 'fit', 0, 'the seat of this advertiser may not bid'),
  deal_required: reason(226, 'fit', 0, 'private auction, or the line item buys deals only, and no deal matches'),
  residual: reason(230, 'price', 0, 'the part of `where:` that needed a look-up does not match'),
  no_rate: reason(231, 'price', 0, 'no exchange rate, or it is stale'),
  no_prediction: reason(232, 'price', 0, 'the model gave no usable prediction and no fallback is declared'),
  below_floor: reason(233, 'price', 0, 'the price is below the floor'),
  daily_budget: reason(240, 'authority', 0, 'the daily budget is spent'),
  total_budget: reason(241, 'authority', 0, 'the total budget is spent'),
  impression_budget: reason(242, 'authority', 0, 'the impressions bought are served'),
  lost_tier: reason(250, 'auction', 0, 'a line item of a higher priority took the imp'),
  lost_value: reason(251, 'auction', 0, 'a line item of higher expected value took the imp'),
  lost_rotation: reason(252, 'auction', 0, 'equal to the winner; the hash chose the other'),
  pod_full: reason(253, 'auction', 0, 'the break has no room left for its seconds, or has an ad of this advertiser'),
} as const satisfies Record<string, Reason>

export type ReasonName = keyof typeof REASONS
