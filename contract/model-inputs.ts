/**
 * What a model may ask for. Every value is an integer in [0, 2^32), so that hashing in doubles, int32 and ONNX's int64
 * gives the same bucket; nothing here is personal, so no input waits for consent. `engine/model/features.ts` makes them,
 * `models/features.py` makes the same ones for training.
 */
export interface ModelInput {
  /** `request`: the same for all candidates of a request. */
  level: 'request' | 'candidate'
  text: string
}

export const MODEL_INPUTS = {
  hour_of_week: { level: 'request', text: 'hours since Monday 00:00 UTC, 0–167' },
  domain_hash: { level: 'request', text: 'hash of the domain, of the bundle where there is no domain' },
  creative_id: {
    level: 'candidate',
    text: 'hash of the id of the creative; of the first that fits, where several rotate',
  },
  format_id: { level: 'candidate', text: 'index in FORMATS: 0 banner, 1 video, 2 native, 3 audio' },
  size_id: { level: 'candidate', text: 'width × 65536 + height of that creative' },
  device_type_id: { level: 'request', text: 'AdCOM device type, 1–8' },
  os_id: { level: 'request', text: 'hash of the operating system in lower case' },
  country_id: { level: 'request', text: 'ISO 3166-1 alpha-2: first letter × 256 + second' },
  exchange_id: { level: 'request', text: 'hash of the exchange id' },
} as const satisfies Record<string, ModelInput>

export type ModelInputName = keyof typeof MODEL_INPUTS

export const isModelInput = (name: string): name is ModelInputName => Object.hasOwn(MODEL_INPUTS, name)
