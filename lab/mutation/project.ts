/** A copy of the project to run tests in: the checkout is never written to, and may change meanwhile. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Our own packages, which must be those of the copy; all others are shared. */
const SCOPE = '@flightplan'

function filesOf(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  return listed.split('\0').filter(path => path !== '' && existsSync(join(root, path))) // gone: not yet told to git
}

/** `node_modules` is a folder of links: a link to the folder itself would lead back to the checkout's packages. */
function linkModules(from: string, to: string): void {
  mkdirSync(join(to, SCOPE), { recursive: true })
  for (const name of readdirSync(from)) if (name !== SCOPE) symlinkSync(realpathSync(join(from, name)), join(to, name))
  for (const name of readdirSync(join(from, SCOPE))) symlinkSync(join('../..', name), join(to, SCOPE, name))
}

/**
 * Copies what git tracks and what it does not ignore. Research data beside the project (`../shared`) is linked.
 * @returns the copy's root; the folder around it is the caller's to remove
 */
export function copyProject(root: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mutation-')))
  const copy = join(folder, 'project')
  for (const path of filesOf(root)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(root, path), join(copy, path))
  }
  linkModules(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const workspace of readdirSync(copy)) {
    const own = join(root, workspace, 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(copy, workspace, 'node_modules'))
  }
  if (existsSync(join(root, '../shared'))) symlinkSync(realpathSync(join(root, '../shared')), join(folder, 'shared'))
  return copy
}
