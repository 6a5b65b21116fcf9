/** `rollout:` of flightplan.yaml → settings of the controller. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFile } from '@flightplan/compiler/load.ts'
import { parseFile } from '@flightplan/compiler/parse.ts'
import { validateFile } from '@flightplan/compiler/validate.ts'
import type { RolloutYaml } from '@flightplan/contract/schema/rollout.ts'
import { DEFAULTS, type Settings, type Wave } from '@flightplan/runtime/rollout/rollout.ts'
import { badInput } from '../exit.ts'

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** @param text as the schema's Duration takes it */
export function durationMs(text: string): number {
  const [, n = '', unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  return Number(n) * UNIT_MS[unit as keyof typeof UNIT_MS] // the pattern lists them
}

/** What is left out is as by default. Waves in the order of their shares. */
export function settingsOf({ waves, quorum, expires }: RolloutYaml = {}): Settings {
  return {
    ...DEFAULTS,
    ...(waves && {
      waves: Object.entries(waves)
        .map(waveOf)
        .sort((a, b) => a.share_ppm - b.share_ppm),
    }),
    ...(quorum !== undefined && { quorum: Number.parseFloat(quorum) / 100 }),
    ...(expires !== undefined && { expires_ms: durationMs(expires) }),
  }
}

type WaveYaml = NonNullable<RolloutYaml['waves']>[string]
const waveOf = ([share, { at_least, auctions = 500, tolerance = 1 }]: [string, WaveYaml]): Wave => ({
  ...{ share_ppm: Math.round(Number.parseFloat(share) * 10_000), min_ms: durationMs(at_least) },
  ...{ min_auctions: auctions, tolerance },
})

/** Of the root's flightplan.yaml. @throws Stop where that has faults: a rollout by other rules is nobody's wish */
export function readSettings(root: string): Settings {
  const source = sourceFile('flightplan.yaml', readFileSync(join(root, 'flightplan.yaml')))
  const parsed = parseFile(source)
  const { valid, diagnostics } = validateFile(parsed.file)
  const [fault] = [...parsed.diagnostics, ...diagnostics].filter(({ severity }) => severity === 'error')
  if (fault) throw badInput(`flightplan.yaml:${fault.span.start.line}:${fault.span.start.col} ${fault.message}`)
  return valid?.kind === 'flightplan' ? settingsOf(valid.value.rollout) : DEFAULTS
}
