import type { AudioSlot, MediaSlot, Pod, VideoSlot } from '../auction.ts'
import {
  amount,
  answer,
  bits,
  integers,
  type Json,
  list,
  NO_LIST,
  object,
  positive,
  text,
  texts,
  within,
} from './json.ts'

const MAX_MIMES = 64
const MAX_DURATIONS = 64
/** Seconds of a day: what is longer is no ad, and start delays of live streams stay below. */
const DAY_S = 86_400

/** `blocked`: attributes that the imp blocks outside of its video. */
export function parseVideo(video: Json, blocked: number, rewarded: boolean): VideoSlot {
  const linearity = within(video['linearity'], 1, 2)
  return {
    ...parseMedia(video, blocked),
    format: 'video',
    w: positive(video['w']),
    h: positive(video['h']),
    plcmt: within(video['plcmt'], 1, 4) ?? fromPlacement(video['placement']),
    skippable: answer(video['skip']),
    linear: linearity === null ? null : linearity === 1,
    position: within(video['pos'], 1, 7),
    rewarded,
  }
}

export function parseAudio(audio: Json, blocked: number): AudioSlot {
  return { ...parseMedia(audio, blocked), format: 'audio' }
}

/** AdCOM "Placement Subtypes - Video" (deprecated) → "Plcmt Subtypes": in-banner, in-article and in-feed stand alone. */
const PLCMT_OF_PLACEMENT: readonly (number | null)[] = [null, 1, 4, 4, 4, 3]

function fromPlacement(value: unknown): number | null {
  return PLCMT_OF_PLACEMENT[within(value, 1, 5) ?? 0] ?? null
}

function parseMedia(media: Json, blocked: number): MediaSlot {
  return {
    mimes: texts(media['mimes'], MAX_MIMES),
    min_duration_s: positive(media['minduration']),
    max_duration_s: longest(media),
    exact_durations_s: exactDurations(media['rqddurs']),
    protocols: bits(media['protocols']) | bits(media['protocol']),
    apis: bits(media['api']),
    battr: blocked | bits(media['battr']),
    start_delay: within(media['startdelay'], -2, DAY_S),
    pod: parsePod(media),
    duration_floors: durationFloors(media['durfloors']),
    min_cpm_per_second: amount(media['mincpmpersec']) || null,
  }
}

/** `maxextended` seconds beyond `maxduration` are allowed too; -1 takes the limit away (§3.2.7). */
function longest(media: Json): number {
  const most = positive(media['maxduration'])
  const extension = within(media['maxextended'], -1, DAY_S) ?? 0
  return most === 0 || extension === -1 ? Number.POSITIVE_INFINITY : most + extension
}

function exactDurations(value: unknown): number[] {
  const read = integers(value, MAX_DURATIONS)
  return read.length === 0 ? NO_LIST : read.filter(duration_s => duration_s > 0)
}

function parsePod(media: Json): Pod | null {
  const id = text(media['podid'])
  const duration_s = positive(media['poddur']) || null
  if (id === '' && duration_s === null) return null
  return {
    id,
    duration_s,
    max_ads: positive(media['maxseq']) || null,
    sequence: within(media['podseq'], -1, 1),
    slotinpod: within(media['slotinpod'], -1, 2),
  }
}

/** Rows whose bounds make no span are left out: the imp's floor then holds for those seconds (impl §7.11). */
function durationFloors(value: unknown): MediaSlot['duration_floors'] {
  const written = list(value)
  if (written.length === 0) return NO_LIST
  const floors: MediaSlot['duration_floors'] = []
  for (let at = 0; at < written.length && at < MAX_DURATIONS; at++) {
    const row = object(written[at])
    const min_s = positive(row['mindur'])
    const max_s = positive(row['maxdur']) || Number.POSITIVE_INFINITY
    if (min_s <= max_s && row['bidfloor'] !== undefined) floors.push({ min_s, max_s, floor: amount(row['bidfloor']) })
  }
  return floors
}
