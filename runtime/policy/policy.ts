/** The request policy: Rego compiled to WASM, run at most once for each distinct input that it can see. */
import { REASONS, type ReasonName } from '@flightplan/contract/reasons.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { Generations } from '@flightplan/engine/generations.ts'
import { PERSONAL_FIELDS, type PersonalField, type Policy, type Verdict } from '@flightplan/engine/types.ts'
import { loadPolicy as loadWasm } from '@open-policy-agent/opa-wasm'
import { openProjection } from './projection.ts'

/** Entries of one generation of the memo: 60,000 generated requests show 7,000 distinct inputs. Some 3 MB at most. */
const MEMO_SIZE = 20_000
const MAX_SHARED = 4_096
/** A longer key is not kept: 10,000 of them must not fill the heap with what a sender makes up. */
const MAX_KEY_CHARS = 1_024
/** WASM pages of 64 KiB: 4 MB in all. An input is at most some kilobytes. */
const MEMORY = { initial: 8, maximum: 64 }

/** Privacy fails closed: a policy that cannot answer forbids the bid and every personal field. */
const DENIED: Verdict = Object.freeze({ allow: false, reason: 'policy_denied', use: [], rules: Object.create(null) })

/** What a loaded policy tells of itself; for metrics. */
export interface PolicyEvents {
  /** The WASM threw, or answered something that is no verdict. */
  fault(message: string): void
  /** The WASM ran: the memo had no answer. */
  evaluated?(): void
}

/**
 * Opens a compiled policy. Verdicts are shared and frozen: do not change them. Rejects where the bytes are no OPA
 * policy or lack the entrypoint; the policy itself never throws.
 */
export async function loadPolicy(wasm: WasmPolicy, meta: PolicyMeta, events: PolicyEvents): Promise<Policy> {
  const opa = await loadWasm(wasm, MEMORY)
  const entrypoint: unknown = opa.entrypoints[meta.entrypoint]
  if (typeof entrypoint !== 'number') throw new Error(`policy.wasm has no entrypoint ${meta.entrypoint}`)
  const projection = openProjection(meta.reads)
  const memo = new Generations<Verdict>(MEMO_SIZE, MEMO_SIZE * MAX_KEY_CHARS)
  const shared = new Map<string, Verdict>()
  const evaluate = (input: unknown): Verdict => {
    try {
      return share(shared, readVerdict(opa.evaluate(input, entrypoint), meta.rules))
    } catch (error) {
      events.fault(error instanceof Error ? error.message : String(error)) // OPA throws strings
      return DENIED
    }
  }
  return input => {
    const key = projection.key(input)
    const known = memo.get(key)
    if (known !== undefined) return known
    const verdict = evaluate(projection.project(input))
    events.evaluated?.()
    if (key.length <= MAX_KEY_CHARS && verdict !== DENIED) memo.set(key, verdict)
    return verdict
  }
}

/**
 * Equal verdicts are one object: thousands of inputs have some dozens of verdicts, and one of its own for each entry
 * of the memo is what 5 MB of heap was. Bounded by what a policy can say: reasons × sets of fields × rules; past the
 * limit a verdict is simply not shared.
 */
function share(known: Map<string, Verdict>, verdict: Verdict): Verdict {
  const key = JSON.stringify(verdict)
  const same = known.get(key)
  if (same) return same
  if (known.size < MAX_SHARED) known.set(key, verdict)
  return verdict
}

/** Bytes, or a `WebAssembly.Module` that worker threads share (its type is the DOM library's, which is not loaded). */
export type WasmPolicy = Uint8Array | object

/** Reads `[{result: {allow, reason, use, rules}}]`; throws where a part is missing or is no value of its kind. */
function readVerdict(answer: unknown, ruleNames: readonly string[]): Verdict {
  const result: unknown = Array.isArray(answer) ? answer[0]?.result : undefined
  if (!isRecord(result)) throw new Error('the entrypoint is undefined')
  const { allow, reason, use, rules } = result
  if (typeof allow !== 'boolean' || !Array.isArray(use) || !isRecord(rules))
    throw new Error('the verdict lacks allow, use or rules')
  if (!use.every(isField)) throw new Error(`unknown personal field in ${JSON.stringify(use)}`)
  if (allow ? reason !== null : !isReason(reason)) throw new Error(`reason ${JSON.stringify(reason)} does not fit`)
  const named: Record<string, boolean> = Object.create(null)
  for (const name of ruleNames) named[name] = rules[name] === true
  Object.freeze(use)
  return Object.freeze({ allow, reason: isReason(reason) ? reason : null, use, rules: Object.freeze(named) })
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isField = (value: unknown): value is PersonalField => PERSONAL_FIELDS.some(field => field === value)
const isReason = (value: unknown): value is ReasonName => typeof value === 'string' && Object.hasOwn(REASONS, value)
