/** `flight export` and `flight import`: line items as a sheet, and back into the YAML. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { error } from '@flightplan/compiler/diagnostics.ts'
import { loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import { readTree } from '@flightplan/compiler/read-tree.ts'
import type { LineItemNode, World } from '@flightplan/compiler/resolve/world.ts'
import { type Edit, editYaml } from '@flightplan/compiler/sheet/edit.ts'
import { exportRows, exportRowsOf, type SheetForm } from '@flightplan/compiler/sheet/export.ts'
import { readSheet } from '@flightplan/compiler/sheet/read-sheet.ts'
import { rowFile } from '@flightplan/compiler/sheet/row-file.ts'
import { SDF } from '@flightplan/compiler/sheet/sdf.ts'
import { validateFile } from '@flightplan/compiler/validate.ts'
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { counted, type Output, report } from './output.ts'
import { openRoot } from './root.ts'

export interface ExportOptions {
  root: string
  form: SheetForm
  campaign: string[]
  out?: string
}

export function exportSheet(output: Output, options: ExportOptions): ExitCode {
  const root = openRoot(options.root)
  const { world, diagnostics } = readTree(loadTree(root))
  if (!world) return report(output, diagnostics, 'pretty', root)
  for (const id of options.campaign) if (!world.campaigns.has(id)) throw usage(`there is no campaign "${id}"`)
  const chosen = new Set(options.campaign)
  const items = world.line_items.filter(({ campaign }) => chosen.size === 0 || chosen.has(campaign.id))
  const text = exportRows(exportRowsOf(items), options.form)
  if (options.out === undefined) output.result(text)
  else writeFileSync(options.out, text)
  output.progress(`${counted(items.length, 'line item')} written`)
  return EXIT.ok
}

export interface ImportOptions {
  root: string
  form: SheetForm
  dryRun?: boolean
}

/** All rows or none: one wrong cell, and no file is touched. */
export function importSheet(output: Output, file: string, options: ImportOptions): ExitCode {
  const root = openRoot(options.root)
  const { world, diagnostics } = readTree(loadTree(root))
  if (!world) return report(output, diagnostics, 'pretty', root)
  const found: Diagnostic[] = []
  const edits = editsOf(world, file, options.form, found)
  if (found.length > 0) return report(output, found, 'pretty', '.')
  const changed = [...edits].flatMap(([path, ofFile]) => {
    const before = readFileSync(join(root, path), 'utf8')
    const after = editYaml(before, ofFile)
    return after === before ? [] : [{ path, after }]
  })
  for (const { path, after } of changed) {
    if (!options.dryRun) writeFileSync(join(root, path), after)
    output.result(`${path}\n`)
  }
  const rows = [...edits.values()].reduce((sum, ofFile) => sum + ofFile.length, 0)
  const did = options.dryRun ? 'to be changed' : 'changed'
  output.progress(`${counted(rows, 'row')} read, ${counted(changed.length, 'file')} ${did}`)
  return EXIT.ok
}

/** By file. */
function editsOf(world: World, file: string, form: SheetForm, found: Diagnostic[]): Map<string, Edit[]> {
  const { sheet, rows, diagnostics } = readSheet(sourceFile(file, readFileSync(file)), form === 'sdf' ? SDF : undefined)
  found.push(...diagnostics)
  const edits = new Map<string, Edit[]>()
  const items = new Map(world.line_items.map(item => [item.id, item]))
  for (const row of rows) {
    const campaign = row.get('campaign')?.text.trim() ?? ''
    const { file: virtual, diagnostics: ofRow } = rowFile(sheet, row, campaign)
    const node = world.campaigns.get(campaign)
    if (!node) ofRow.push(error('FP3001', virtual.at(['campaign']), `there is no campaign "${campaign}"`))
    const { valid, diagnostics: ofShape } = validateFile(virtual)
    found.push(...ofRow, ...(ofRow.length > 0 ? [] : ofShape))
    if (valid?.kind !== 'line_item' || !node) continue
    const known = items.get(`${campaign}/${valid.id}`)
    const at = known?.place ?? { file: node.file.file, path: ['line_items', valid.id] }
    if (known && isSheet(known))
      found.push(
        error('FP3002', virtual.at(['line_item']), `${known.id} is a row of ${known.place.file.path}: edit it there`),
      )
    const edit: Edit = { at: at.path, now: known?.value ?? null, wanted: valid.value }
    edits.set(at.file.path, [...(edits.get(at.file.path) ?? []), edit])
  }
  return edits
}

const isSheet = ({ place }: LineItemNode): boolean => !/\.ya?ml$/.test(place.file.path)
