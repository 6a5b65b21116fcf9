/** From a model's raw output to the probability that a price is made from. */
import type { Format, ModelMeta } from '@flightplan/contract/snapshot.ts'

type Limits = Pick<ModelMeta, 'calibration' | 'min' | 'max' | 'prior'>

/** Calibrated and held to the limits; the prior of the format where the raw value is no probability; NaN: no bid. */
export function finish(meta: Limits, raw: number, format: Format): number {
  if (!(raw >= 0 && raw <= 1)) return priorOf(meta, format)
  return Math.min(meta.max, Math.max(meta.min, calibrate(meta.calibration, raw)))
}

/** The model is missing, late or out of range. */
export const priorOf = (meta: Limits, format: Format): number => meta.prior?.[format] ?? Number.NaN

/** Piecewise linear between the points (rising in both); before the first and after the last the end's value holds. */
export function calibrate(points: ModelMeta['calibration'], raw: number): number {
  const next = points.findIndex(([x]) => x >= raw)
  const last = points[points.length - 1]
  if (last === undefined) return raw
  if (next < 0) return last[1]
  const [x1, y1] = points[next]! // found
  const before = points[next - 1]
  if (before === undefined) return y1
  const [x0, y0] = before
  return y0 + ((raw - x0) / (x1 - x0)) * (y1 - y0)
}
