/**
 * Words of the language that nothing acts on yet. They are refused with a message of their own, so that nobody believes
 * in a frequency cap that is not kept. `*` stands for one key or list index. A path may name a key that the schema does
 * not have, or one whose value the schema does not take.
 */
import type { Kind } from './kinds.ts'

type Later = Readonly<Record<string, string>>

/** On campaigns and on line items. */
const BOTH: Later = {
  frequency: 'frequency caps',
  pacing: 'pacing strategies',
  brand_safety: 'brand safety',
  supply: 'supply path rules',
  invalid_traffic: 'invalid traffic rules per campaign',
}
const LINE_ITEM: Later = {
  ...BOTH,
  separation: 'competitive separation',
  makegood_for: 'makegoods',
  'bid.shading': 'bid shading',
}
const under = (prefix: string, fields: Later): Later =>
  Object.fromEntries(Object.entries(fields).map(([path, what]) => [`${prefix}.${path}`, what]))

export const LATER: Readonly<Partial<Record<Kind, Later>>> = {
  order: {
    fees: 'more than one fee',
    'fees.*.cpm': 'fees per thousand impressions',
    'fees.*.vendor': 'fees per vendor',
    'fees.*.percent_of': 'fees on anything but media',
    taxes: 'taxes',
    fx: 'exchange-rate rules per order',
    billing: 'billing and reconciliation',
  },
  campaign: {
    ...BOTH,
    'budget.mode': 'budget modes',
    'budget.segments.*.carry_over': 'carrying budget over',
    'goal.kpi': 'goals besides the conversion',
    'goal.target': 'goals besides the conversion',
    'defaults.frequency': 'frequency caps',
    'defaults.pacing': 'pacing strategies',
    ...under('line_items.*', LINE_ITEM),
  },
  line_item: LINE_ITEM,
  creative: {
    'format.banner.ad_server': 'macros of ad servers',
    'format.video.companion': 'companion ads',
    'audit.submit_to': 'submitting creatives to exchanges',
    'declares.vendors': 'vendors of creatives',
  },
  deal: { terms: 'deal terms', guaranteed: 'delivery that is owed to a seller' },
  audience: {
    'from.pixel': 'audiences from pixels',
    'from.event': 'audiences from pixels',
    'from.minus': 'audiences from pixels',
    'from.upload': 'audiences from uploads',
    'from.id': 'audiences from uploads',
    members: 'audience membership rules',
    legal: 'legal bases of audiences',
    cost: 'audience costs',
    guard: 'audience guards',
    erase: 'erasure rules',
  },
  conversion: {
    look_back: 'look-back windows',
    count: 'counting rules of conversions',
    value: 'values of conversions',
    attribution: 'attribution rules',
  },
  pacing: {
    last_day: 'last-day rules',
    learn: 'exploration',
    when_blind: 'rules for a stale ledger',
    stop: 'stop rules',
  },
  model: {
    'artifact.trained': 'training records',
    'used_by.except': 'exceptions of models',
    'inputs.*.needs_purpose': 'purposes of single inputs (the policy rules all personal fields)',
    'inputs.*.unseen': 'values for unseen inputs',
    'calibration.by': 'calibration per group',
    'calibration.accept': 'calibration gates',
    'calibration.min_events': 'calibration gates',
    'limits.latency_p99': 'latency limits of models',
    'fallback.prediction': 'named fallback predictions',
    'fallback.when': 'fallback conditions',
    release: 'staged model releases',
    'audit.sensitive_inputs': 'audits of inputs',
  },
  exchange: {
    'currencies.settle': 'settlement currencies',
    'capacity.callout_filter': 'call-out filters',
    'price.codec': 'other price codecs',
    status: 'ramping up an exchange',
    'protocol.openrtb': 'answers in other versions of OpenRTB',
    'protocol.gzip.*': 'limits on packed requests, which are always taken',
    'capacity.shed': 'shedding by value',
    'requires.bid.*': 'bid fields that not every creative has',
    'requires.adomain_max': 'more than one advertiser domain per bid',
    'notices.expected_delay': 'expected delays of notices',
    'ids.sync': 'user syncing',
    reconcile: 'reconciliation',
  },
}
