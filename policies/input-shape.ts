/** The shape of the policy input, as a value, so that the build can tell a leaf from an object and a typo from a path. */
import type { PolicyInput } from '@flightplan/engine/types.ts'

/** The values are not used; the keys and the kinds (object, list, scalar) are. */
export const INPUT_SHAPE: PolicyInput = {
  exchange: '',
  test: false,
  channel: '',
  geo: { country: '', region: '' },
  privacy: {
    gdpr: null,
    gdpr_applies: false,
    tcf_valid: false,
    vendor_allowed: false,
    purposes: [],
    precise_geo_opt_in: false,
    us_opt_out: false,
    coppa: false,
    lmt: false,
    dnt: false,
    gpc: false,
    dsa: null,
  },
  supply: { complete: null, hops: 0, ads_txt: 'unknown' },
  traffic: { invalid: false },
  content: { rating: null, categories: [], livestream: null },
  device: { type: null, os: '' },
  hour_utc: 0,
}
