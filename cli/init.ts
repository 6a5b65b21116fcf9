/** `flight init`: a new repository that validates, passes its tests and builds. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { schemaFiles } from '@flightplan/contract/schema/kinds.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { counted, type Output } from './output.ts'

const TEMPLATE = join(import.meta.dirname, 'template')
const POLICIES = join(import.meta.dirname, '../policies')

/** @param now_ms the example's flight is the year of it */
export function init(output: Output, directory: string, now_ms: number): ExitCode {
  if (existsSync(directory) && readdirSync(directory).some(name => name !== '.git'))
    throw usage(`${directory} is not empty: init makes a new repository and changes none`)
  const files = new Map([...templateFiles(String(new Date(now_ms).getUTCFullYear())), ...schemaFiles()])
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  for (const kind of ['request', 'admission'])
    cpSync(join(POLICIES, kind), join(directory, 'policies', kind), { recursive: true })
  output.result(`${directory}\n`)
  output.progress(`${counted(files.size, 'file')} and the policies; next: cd ${directory} && git init && flight test`)
  return EXIT.ok
}

function templateFiles(year: string): [string, string][] {
  const entries = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return entries.map(({ parentPath, name }) => {
    const path = relative(TEMPLATE, join(parentPath, name))
    const text = readFileSync(join(parentPath, name), 'utf8').replaceAll('{YEAR}', year)
    return [path === 'gitignore' ? '.gitignore' : path, text] // npm leaves a .gitignore out of packages
  })
}
