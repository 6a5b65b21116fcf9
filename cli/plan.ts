/** `flight plan`: what a change would do, before it does it. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CompileResult, compile, compileTree } from '@flightplan/compiler/compile.ts'
import { EXIT, type ExitCode, Stop, usage } from './exit.ts'
import { factsFor } from './facts/read.ts'
import { treeAt } from './git-tree.ts'
import { type Output, type PlanFormat, pathFromHere, report } from './output.ts'
import { type Admit, admitAll } from './plan/admit.ts'
import { renderAnnotations } from './plan/annotate.ts'
import { openLog } from './plan/log.ts'
import { renderMarkdown } from './plan/markdown.ts'
import { type Compiled, hasChanges, makePlan, PLAN_VERSION, type Plan, sideOf } from './plan/plan.ts'
import { renderPretty } from './plan/pretty.ts'
import { openRoot } from './root.ts'
import { TRAFFIC_FILE } from './traffic.ts'

export interface PlanOptions {
  root: string
  base: string
  traffic?: string
  facts?: string
  out?: string
  check?: string
  seed: number
  detailedExitcode?: boolean
  format: PlanFormat
}

export async function plan(output: Output, options: PlanOptions, admit: Admit = admitAll): Promise<ExitCode> {
  const root = openRoot(options.root)
  if (options.check !== undefined) return check(output, root, options.check)
  const sides = await compileSides(output, root, options.base)
  if (typeof sides === 'number') return sides
  const file = trafficFile(root, options.traffic)
  const made = await makePlan({
    ...sides,
    traffic: file === null ? null : trafficOf(output, root, file, options.facts),
    admit,
    seed: options.seed,
    fault: text => output.progress(text),
  })
  if (options.out !== undefined) writeFileSync(options.out, asJson(made))
  output.result(render(made, options.format, file ?? '', root))
  if (made.findings.some(({ level }) => level === 'deny')) return EXIT.denied
  return options.detailedExitcode === true && hasChanges(made) ? EXIT.changes : EXIT.ok
}

function render(made: Plan, format: PlanOptions['format'], traffic: string, root: string): string {
  if (format === 'json') return asJson(made)
  if (format === 'markdown') return renderMarkdown(made, traffic)
  return format === 'github' ? renderAnnotations(made, file => pathFromHere(root, file)) : renderPretty(made, traffic)
}

/** Money in whole nano, shares to four places: equal plans are equal bytes, and nobody reads beyond. */
const asJson = (made: Plan): string =>
  `${JSON.stringify(made, (_, value) => (typeof value === 'number' ? rounded(value) : value), 2)}\n`
const rounded = (value: number): number => (Math.abs(value) >= 1000 ? Math.round(value) : Math.round(value * 1e4) / 1e4)

/** Both compiled; a number where one has faults, which are then written. */
async function compileSides(
  output: Output,
  root: string,
  base: string,
): Promise<{ base: Compiled; head: Compiled } | ExitCode> {
  const head = await compile(root, { now_ms: 0 }) // golden auctions are not recorded here, so the time does not matter
  if (!head.release || !head.world) return report(output, head.diagnostics, 'pretty', root)
  const old = await baseOf(root, base)
  return { base: old, head: { ref: 'working tree', commit: null, release: head.release, world: head.world } }
}

/** A folder, or a commit of the root's repository. */
async function baseOf(root: string, ref: string): Promise<Compiled> {
  if (existsSync(ref) && statSync(ref).isDirectory())
    return sound(ref, null, await compile(openRoot(ref), { now_ms: 0 }))
  const { commit, loaded } = treeAt(root, ref)
  return sound(ref, commit, await compileTree(loaded, { now_ms: 0 }))
}

function sound(ref: string, commit: string | null, { release, world, diagnostics }: CompileResult): Compiled {
  if (release && world) return { ref, commit, release, world }
  const first = diagnostics.find(({ severity }) => severity === 'error')
  const where = first ? `${first.span.file}:${first.span.start.line}: ${first.message}` : 'no release'
  throw new Stop(EXIT.findings, `the base ${ref} does not compile, so there is nothing to compare with: ${where}`)
}

/** Null: none is named, and the root has none. */
function trafficFile(root: string, named: string | undefined): string | null {
  if (named !== undefined) return named
  return existsSync(join(root, TRAFFIC_FILE)) ? pathFromHere(root, TRAFFIC_FILE) : null
}

function trafficOf(output: Output, root: string, file: string, facts: string | undefined) {
  const log = openLog(file)
  return { log, facts: factsFor(output, root, { now: log.to_ms, ...(facts !== undefined && { facts }) }) }
}

/** Whether a saved plan is still of what it was made of. */
async function check(output: Output, root: string, file: string): Promise<ExitCode> {
  const saved = readPlan(file)
  const sides = await compileSides(output, root, saved.base.ref)
  if (typeof sides === 'number') return sides
  for (const side of ['base', 'head'] as const)
    if (sideOf(sides[side]).content !== saved[side].content)
      throw new Stop(
        EXIT.stale,
        `${file} is stale: the ${side === 'base' ? `base ${saved.base.ref}` : 'repository'} has changed since; plan again`,
      )
  output.progress(`${file} is the plan of this change`)
  return EXIT.ok
}

function readPlan(file: string): Pick<Plan, 'base' | 'head'> {
  let saved: Partial<Plan>
  try {
    saved = JSON.parse(readFileSync(file, 'utf8')) as Partial<Plan> // checked below
  } catch (error) {
    throw usage(`${file} is no saved plan: ${error instanceof Error ? error.message : error}`)
  }
  const { base, head, schemaVersion } = saved ?? {}
  if (
    schemaVersion !== PLAN_VERSION ||
    typeof base?.content !== 'string' ||
    typeof head?.content !== 'string' ||
    typeof base.ref !== 'string'
  )
    throw usage(`${file} is no saved plan of version ${PLAN_VERSION}: make one with flight plan --out ${file}`)
  return { base, head }
}
