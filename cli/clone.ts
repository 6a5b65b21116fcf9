/** `flight clone`: a copy of a campaign, with dates that are its own. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { didYouMean } from '@flightplan/compiler/did-you-mean.ts'
import { loadTree } from '@flightplan/compiler/load.ts'
import { readTree } from '@flightplan/compiler/read-tree.ts'
import { isRealDay } from '@flightplan/compiler/resolve/local-time.ts'
import { cloneCampaign } from '@flightplan/compiler/sheet/clone.ts'
import { ID_PATTERN } from '@flightplan/contract/schema/scalars.ts'
import { badInput, EXIT, type ExitCode, usage } from './exit.ts'
import { type Output, pathFromHere, report } from './output.ts'
import { openRoot } from './root.ts'

export interface CloneArguments {
  root: string
  as: string
  start: string
  end: string
  dryRun?: boolean
}

export function clone(output: Output, id: string, options: CloneArguments): ExitCode {
  const root = openRoot(options.root)
  const start = localTime(options.start, '00:00', '--start')
  const end = localTime(options.end, '23:59', '--end')
  if (end < start) throw usage(`--end ${end} is before --start ${start}`)
  if (!new RegExp(ID_PATTERN).test(options.as)) throw usage(`--as "${options.as}" is no id: letters, digits, . - _`)
  const { world, diagnostics } = readTree(loadTree(root))
  if (!world) return report(output, diagnostics, 'pretty', root)
  const campaign = world.campaigns.get(id)
  if (!campaign) throw usage(unknown(id, [...world.campaigns.keys()]))
  if (world.campaigns.has(options.as)) throw usage(`there is a campaign "${options.as}" already`)
  if (start === campaign.file.value.flight.start)
    throw usage(`--start ${start} is the start of ${id} itself: a copy needs dates of its own`)
  const { files, faults } = cloneCampaign(world, campaign, { as: options.as, start, end })
  if (faults.length > 0) throw badInput(faults.join('; '))
  for (const path of files.keys()) if (existsSync(join(root, path))) throw usage(`${path} exists: choose another --as`)
  for (const [path, text] of files) {
    if (!options.dryRun) mkdirSync(dirname(join(root, path)), { recursive: true })
    if (!options.dryRun) writeFileSync(join(root, path), text)
    output.result(`${pathFromHere(root, path)}\n`)
  }
  output.progress(`${options.as} is a draft: set \`status: active\` when it is right`)
  return EXIT.ok
}

/** A day alone means all of it. */
function localTime(text: string, time: string, option: string): string {
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text} ${time}` : text
  if (/^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d$/.test(full) && isRealDay(full)) return full
  throw usage(`${option} "${text}" is no local time: write 2027-03-01 or "2027-03-01 06:00"`)
}

function unknown(id: string, known: readonly string[]): string {
  const near = didYouMean(id, known)
  return `there is no campaign "${id}"${near ? `; did you mean "${near}"?` : ''}`
}
