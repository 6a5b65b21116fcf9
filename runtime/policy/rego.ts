/** Any Rego compiled to WASM with one entrypoint, for what is not asked on the path of a bid. */
import { loadPolicy } from '@open-policy-agent/opa-wasm'

/** WASM pages of 64 KiB: a change of 10,000 line items is some 20 MB of JSON, and OPA needs several times that. */
const MEMORY = { initial: 32, maximum: 16_384 }

/** Rejects where the bytes are no OPA policy or lack the entrypoint; the function throws where the policy fails. */
export async function openRego(wasm: Uint8Array, entrypoint: string): Promise<(input: unknown) => unknown> {
  const opa = await loadPolicy(Uint8Array.from(wasm).buffer, MEMORY)
  const number: unknown = opa.entrypoints[entrypoint]
  if (typeof number !== 'number') throw new Error(`policy.wasm has no entrypoint ${entrypoint}`)
  return input => {
    const answer: unknown = opa.evaluate(input, number)
    return Array.isArray(answer) ? answer[0]?.result : undefined
  }
}
