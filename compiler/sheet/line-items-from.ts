/** `line_items_from: lines.csv` of campaigns → line items, each a valid file of its own whose places are cells. */
import { type Diagnostic, hasErrors } from '@flightplan/contract/diagnostic.ts'
import { error } from '../diagnostics.ts'
import type { SourceFile } from '../load.ts'
import { besides } from '../resolve/side-files.ts'
import { type ValidFile, type ValidFileOf, validateFile } from '../validate.ts'
import { readSheet } from './read-sheet.ts'
import { type RowCells, rowFile, type Sheet } from './row-file.ts'

export interface FromSheets {
  files: ValidFile[]
  diagnostics: Diagnostic[]
}

export function lineItemsFrom(files: readonly ValidFile[], side: ReadonlyMap<string, SourceFile>): FromSheets {
  const out: FromSheets = { files: [], diagnostics: [] }
  for (const file of files) if (file.kind === 'campaign' && file.value.line_items_from) addSheet(file, side, out)
  return out
}

function addSheet(campaign: ValidFileOf<'campaign'>, side: ReadonlyMap<string, SourceFile>, out: FromSheets): void {
  const path = besides(campaign.file.path, campaign.value.line_items_from ?? '')
  const source = side.get(path)
  const at = campaign.file.at(['line_items_from'])
  if (!source) return void out.diagnostics.push(error('FP3020', at, `there is no file ${path}`))
  const { sheet, rows, diagnostics } = readSheet(source)
  out.diagnostics.push(...diagnostics)
  for (const row of rows) addRow(campaign.id, sheet, row, out)
}

function addRow(campaign: string, sheet: Sheet, row: RowCells, out: FromSheets): void {
  const { file, diagnostics } = rowFile(sheet, row, campaign)
  const named = row.get('campaign')
  if (named && named.text.trim() !== '' && named.text.trim() !== campaign)
    diagnostics.push(
      error('FP3033', file.at(['campaign']), `the row is of campaign "${named.text}", the sheet of ${campaign}`),
    )
  const { valid, diagnostics: found } = hasErrors(diagnostics) ? { valid: null, diagnostics: [] } : validateFile(file)
  out.diagnostics.push(...diagnostics, ...found)
  if (valid) out.files.push(valid)
}
