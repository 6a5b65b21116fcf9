/** The request policy: Rego compiled to WASM, run at most once for each distinct input that it can see. */

import { REASONS, type ReasonName } from '@flightplan/contract/reasons.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { PERSONAL_FIELDS, type PersonalField, type Policy, type Verdict } from '@flightplan/engine/types.ts'
import { loadPolicy as loadWasm } from '@open-policy-agent/opa-wasm'
import { Memo } from './memo.ts'
import { openProjection } from './projection.ts'

/** Entries of one generation of the memo. A day of traffic shows some thousand distinct inputs. */
const MEMO_SIZE = 10_000
/** A longer key is not kept: 20,000 of them must not fill the heap with what a sender makes up. */
const MAX_KEY_CHARS = 1_024
/** 4 MB of WASM memory: an input is at most some kilobytes. */
const MAX_PAGES = 64

/** Privacy fails closed: a policy that cannot answer forbids the bid and every personal field. */
const DENIED: Verdict = Object.freeze({ allow: false, reason: 'policy_denied', use: [], rules: Object.create(null) })

/** What a loaded policy tells of itself; for metrics. */
export interface PolicyEvents {
  /** The WASM threw, or answered something that is no verdict. */
  fault(message: string): void
  evaluated?(): void
}

/**
 * Opens a compiled policy. The verdicts are shared and frozen: do not change them.
 * Rejects where the module is no OPA policy or lacks the entrypoint; evaluation itself never throws.
 */
export async function loadPolicy(
  wasm: WebAssembly.Module | Uint8Array,
  meta: PolicyMeta,
  events: PolicyEvents,
): Promise<Policy> {
  // opa-wasm awaits `instantiate`, whose result differs between bytes and module: hand it a module always
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(new Uint8Array(wasm))
  const opa = await loadWasm(module as unknown as BufferSource, { initial: 8, maximum: MAX_PAGES }) // typed too narrowly
  if (!Object.hasOwn(opa.entrypoints, meta.entrypoint))
    throw new Error(`policy.wasm has no entrypoint ${meta.entrypoint}`)
  const projection = openProjection(meta.reads)
  const memo = new Memo<Verdict>(MEMO_SIZE)
  const evaluate = (json: string): Verdict => {
    try {
      const bytes = new TextEncoder().encode(json)
      return readVerdict(opa.evaluate(bytes.buffer, meta.entrypoint), meta.rules)
    } catch (error) {
      // OPA throws strings
      events.fault(error instanceof Error ? error.message : String(error))
      return DENIED
    }
  }
  return input => {
    const key = projection.key(input)
    const known = memo.get(key)
    if (known !== undefined) return known
    const verdict = evaluate(projection.json(input))
    events.evaluated?.()
    if (key.length <= MAX_KEY_CHARS && verdict !== DENIED) memo.set(key, verdict)
    return verdict
  }
}

/** Reads `[{result: {allow, reason, use, rules}}]`; throws where a part is missing or is no value of its kind. */
function readVerdict(answer: unknown, ruleNames: readonly string[]): Verdict {
  const result: unknown = Array.isArray(answer) ? answer[0]?.result : undefined
  if (typeof result !== 'object' || result === null) throw new Error('the entrypoint is undefined')
  const { allow, reason, use, rules } = result as Record<string, unknown> // an object: checked above
  if (typeof allow !== 'boolean' || !Array.isArray(use) || typeof rules !== 'object' || rules === null)
    throw new Error('the verdict lacks allow, use or rules')
  if (!use.every(isField)) throw new Error(`unknown personal field in ${JSON.stringify(use)}`)
  if (!(allow ? reason === null : isReason(reason))) throw new Error(`reason ${JSON.stringify(reason)} does not fit`)
  const named: Record<string, boolean> = Object.create(null)
  for (const name of ruleNames) named[name] = (rules as Record<string, unknown>)[name] === true
  return Object.freeze({
    allow,
    reason: allow ? null : (reason as ReasonName), // isReason held
    use: Object.freeze(use) as PersonalField[], // frozen: nobody writes to it
    rules: Object.freeze(named),
  })
}

const isField = (value: unknown): value is PersonalField => PERSONAL_FIELDS.some(field => field === value)
const isReason = (value: unknown): value is ReasonName => typeof value === 'string' && Object.hasOwn(REASONS, value)
