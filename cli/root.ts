/** The repository that a command works on. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { usage } from './exit.ts'

/** The real path of a root folder. A missing one is a fault of the command line. */
export function openRoot(path: string): string {
  if (!existsSync(path)) throw usage(`no folder ${path}: pass the one that holds flightplan.yaml as --root`)
  if (!statSync(path).isDirectory()) throw usage(`${path} is a file: --root is the folder that holds flightplan.yaml`)
  return realpathSync(path)
}

/** Which files of the root (`campaigns/acme/a.yaml`) lie below one of the paths given; without paths all do. */
export function below(root: string, paths: readonly string[]): (file: string) => boolean {
  if (paths.length === 0) return () => true
  const chosen = paths.map(path => insideOf(root, path))
  return file => chosen.some(prefix => prefix === '' || file === prefix || file.startsWith(`${prefix}/`))
}

/** Relative to the working folder first, as a shell completes it; else to the root. */
function insideOf(root: string, path: string): string {
  const found = [resolve(path), resolve(root, path)].find(existsSync)
  if (found === undefined) throw usage(`no file or folder ${path}`)
  const inside = relative(root, realpathSync(found))
  if (inside === '..' || inside.startsWith(`..${sep}`)) throw usage(`${path} is not below ${root}`)
  return inside.split(sep).join('/')
}
