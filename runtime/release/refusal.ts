/** Why a release is refused: the reason of a NACK. Names are stable; they are in logs, metrics and alerts. */
import type { ErrorCode } from '@flightplan/contract/errors.ts'

export const REFUSALS = {
  missing_file: 'FP5001',
  malformed_manifest: 'FP5001',
  wrong_digest: 'FP5001',
  unknown_key: 'FP5001',
  wrong_signature: 'FP5001',
  flipped_byte: 'FP5001',
  future_format: 'FP5002',
  runtime_too_old: 'FP5002',
  size_over_budget: 'FP5003',
  malformed_snapshot: 'FP5001',
  malformed_policy: 'FP5001',
  malformed_model: 'FP5001',
  malformed_facts: 'FP5001',
  malformed_golden: 'FP5004',
  golden_mismatch: 'FP5004',
  loader_crashed: 'FP5001',
  loader_timeout: 'FP5001',
  not_activated: 'FP5001',
  not_fetched: 'FP5010',
  malformed_record: 'FP5011',
  replayed: 'FP5011',
} as const satisfies Record<string, ErrorCode>

export type RefusalCode = keyof typeof REFUSALS

export interface Refusal {
  ok: false
  code: RefusalCode
  /** One sentence for people: what was wrong and where. */
  text: string
}

/** Carries a refusal up to the edge of the loader, {@link refusalOf}. */
export class Refused extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, text: string) {
    super(text)
    this.code = code
  }
}

/** Whatever a loader met, as a value. `otherwise` names what a fault without a name of its own is a fault of. */
export function refusalOf(error: unknown, otherwise: RefusalCode): Refusal {
  if (error instanceof Refused) return { ok: false, code: error.code, text: error.message }
  return { ok: false, code: otherwise, text: error instanceof Error ? error.message : String(error) }
}
