import type { GppConsent } from '../privacy/gpp.ts'
import type { CompiledFacts } from './facts.ts'
import type { TcfJudgement } from './tcf.ts'

/**
 * A map that forgets: when the young half is full it becomes the old half, and the old one is dropped. What is asked
 * for again moves to the young half, so strings that come often stay. It bounds entries and characters alike: a
 * consent string may have 16 KB, and whoever sends different ones must not fill the memory.
 */
interface Generations<V> {
  young: Map<string, V>
  old: Map<string, V>
  young_chars: number
}

const MAX_YOUNG_ENTRIES = 5_000
const MAX_YOUNG_CHARS = 2_000_000
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
  const young = from.young.get(key)
  if (young !== undefined) return young
  const old = from.old.get(key)
  const value = old === undefined ? make() : old
  remember(from, key, value)
  return value
}

function remember<V>(into: Generations<V>, key: string, value: V): void {
  if (into.young.size >= MAX_YOUNG_ENTRIES || into.young_chars + key.length > MAX_YOUNG_CHARS) {
    into.old = into.young
    into.young = new Map()
    into.young_chars = 0
  }
  into.young.set(key, value)
  into.young_chars += key.length
}

function generations<V>(): Generations<V> {
  return { young: new Map(), old: new Map(), young_chars: 0 }
}
