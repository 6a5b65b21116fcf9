/** The compiled request policy of a repository, opened for a command. */
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { EXIT, Stop } from './exit.ts'

/** @param fault told when the policy fails on an input; it then denies the bid */
export async function openPolicy(
  wasm: Uint8Array,
  meta: PolicyMeta,
  fault: (message: string) => void,
): Promise<Policy> {
  try {
    return await loadPolicy(Uint8Array.from(wasm).buffer, meta, { fault })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Stop(EXIT.integrity, `policies/request/compiled/policy.wasm cannot be run: ${why}; build it anew`)
  }
}
