/** What a request says → integer features by name. `models/features.py` makes the same; golden vectors hold both to it. */
import { MODEL_INPUTS, type ModelInputName } from '@flightplan/contract/model-inputs.ts'
import { FORMATS, type Format, type ModelMeta } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Candidate, Selection } from '../types.ts'

/** One impression as a model sees it. */
export interface Sample {
  hour_of_week: number
  domain: string
  creative: string
  format: Format
  w: number
  h: number
  device_type: number | null
  os: string
  country: string
  exchange: string
}

/** FNV-1a over UTF-16 units, 32 bits; no final mix: the model hashes to its own buckets once more. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const hashOrNull = (text: string) => (text === '' ? null : hashText(text))

/** Null: the request does not say; the model's `missing` stands in. */
const READERS: Record<ModelInputName, (sample: Sample) => number | null> = {
  hour_of_week: sample => sample.hour_of_week,
  domain_hash: sample => hashOrNull(sample.domain),
  creative_id: sample => hashOrNull(sample.creative),
  format_id: sample => FORMATS.indexOf(sample.format),
  size_id: sample => sample.w * 65_536 + sample.h,
  device_type_id: sample => sample.device_type,
  os_id: sample => hashOrNull(sample.os),
  country_id: ({ country }) => (country.length === 2 ? country.charCodeAt(0) * 256 + country.charCodeAt(1) : null),
  exchange_id: sample => hashOrNull(sample.exchange),
}

export interface FeatureReader {
  name: string
  missing: number
  level: 'request' | 'candidate'
  read(sample: Sample): number | null
}

/** @throws RangeError for an input that this runtime does not make; the loader turns it into a NACK. */
export function openReaders(inputs: ModelMeta['inputs']): FeatureReader[] {
  return inputs.map(({ name, missing }) => {
    if (!Object.hasOwn(MODEL_INPUTS, name)) throw new RangeError(`the model input ${name} is none of this runtime`)
    const known = name as ModelInputName // its own key, checked above
    return { name, missing, level: MODEL_INPUTS[known].level, read: READERS[known] }
  })
}

export function readFeature(reader: FeatureReader, sample: Sample): number {
  return (reader.read(sample) ?? reader.missing) >>> 0
}

/** Features of all candidates, row by row: `rows[candidate × inputs + input]`. What the request says is read once. */
export function featureRows(snapshot: Snapshot, selection: Selection, readers: readonly FeatureReader[]): Uint32Array {
  const { candidates } = selection
  const width = readers.length
  const rows = new Uint32Array(candidates.length * width)
  candidates.forEach((candidate, n) => {
    const sample = sampleOf(snapshot, selection, candidate)
    readers.forEach((reader, i) => {
      const known = n > 0 && reader.level === 'request'
      rows[n * width + i] = known ? rows[i]! : readFeature(reader, sample)
    })
  })
  return rows
}

const HOUR_MS = 3_600_000
/** 1 January 1970 was a Thursday. */
const HOURS_SINCE_MONDAY = 3 * 24

function sampleOf(snapshot: Snapshot, { auction, exchange, now_ms }: Selection, candidate: Candidate): Sample {
  const { inventory, device } = auction
  const creative = snapshot.rotation.creative[candidate.rotation[0]!]! // a candidate has a creative that fits
  return {
    hour_of_week: (Math.floor(now_ms / HOUR_MS) + HOURS_SINCE_MONDAY) % 168,
    domain: inventory.domain || inventory.bundle,
    creative: snapshot.strings.get(snapshot.creative.id_str[creative]!),
    format: candidate.slot.format,
    w: snapshot.creative.w[creative]!,
    h: snapshot.creative.h[creative]!,
    device_type: device.type,
    os: device.os,
    country: device.geo.country,
    exchange,
  }
}
