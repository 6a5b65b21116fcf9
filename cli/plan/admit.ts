/** The seam for admission policies (policies/admission): whether a change may merge. Nothing is refused by default. */
import type { Blast } from '@flightplan/compiler/diff/blast.ts'
import type { Change } from '@flightplan/compiler/diff/diff.ts'
import type { World } from '@flightplan/compiler/resolve/world.ts'
import type { Span } from '@flightplan/contract/diagnostic.ts'
import type { Prediction } from './prediction.ts'

export interface AdmissionInput {
  base: World
  head: World
  changes: readonly Change[]
  blast: Blast
  /** Null where no traffic was replayed. */
  prediction: Prediction | null
}

export interface Finding {
  /** Name of the rule. */
  rule: string
  level: 'deny' | 'warn'
  message: string
  span?: Span
}

export type Admit = (input: AdmissionInput) => Promise<readonly Finding[]> | readonly Finding[]
export const admitAll: Admit = () => []
