import { Generations } from '../generations.ts'
import type { GppConsent } from '../privacy/gpp.ts'
import type { CompiledFacts } from './facts.ts'
import type { TcfJudgement } from './tcf.ts'

/** A user's consent string comes again with each of their requests; of 60,000 generated requests 10,800 have one of its own. */
const MAX_YOUNG_ENTRIES = 12_000
const MAX_YOUNG_CHARS = 3_000_000
/** Longer keys are worked out each time. */
const MAX_KEY_CHARS = 4_096

/** What {@link policyInput} has worked out before. It changes no answer; one per thread. */
export interface Memo {
  vendorId: number
  facts: CompiledFacts | null
  tcf: Generations<TcfJudgement | null>
  gpp: Generations<GppConsent | null>
  agents: Generations<boolean>
}

export function createMemo(): Memo {
  return { vendorId: 0, facts: null, tcf: generations(), gpp: generations(), agents: generations() }
}

/** Forgets what was worked out for another vendor id or other facts. */
export function scopeMemo(memo: Memo, vendorId: number, facts: CompiledFacts): void {
  if (memo.vendorId !== vendorId) {
    memo.vendorId = vendorId
    memo.tcf = generations()
    memo.gpp = generations()
  }
  if (memo.facts !== facts) {
    memo.facts = facts
    memo.agents = generations()
  }
}

/** The remembered value of `key`, or what `make` gives, which is then remembered. */
export function remembered<V>(from: Generations<V> | undefined, key: string, make: () => V): V {
  if (from === undefined || key.length > MAX_KEY_CHARS) return make()
  const known = from.get(key)
  if (known !== undefined) return known
  const value = make()
  from.set(key, value)
  return value
}

const generations = <V>() => new Generations<V>(MAX_YOUNG_ENTRIES, MAX_YOUNG_CHARS)
