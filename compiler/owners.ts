/** `owner:` of advertisers, orders and campaigns → CODEOWNERS, so that a code host asks the right people. */
import { posix } from 'node:path'
import { ownersOf } from '@flightplan/contract/schema/owner.ts'
import type { World } from './resolve/world.ts'

/** Where code hosts look for it. */
export const CODEOWNERS = '.github/CODEOWNERS'
const MARK = '# Below: written by `flight owners` from `owner:` in the YAML. Edit that, not this.'

/** @param present text of the file as it is; what stands above the mark is people's own and stays */
export function codeowners(world: World, present: string): string {
  const at = present.indexOf(MARK)
  const own = (at < 0 ? present : present.slice(0, at)).trimEnd()
  return `${own === '' ? '' : `${own}\n\n`}${MARK}\n${rulesOf(world).join('')}`
}

/** The last rule that fits a path counts, so what is wider comes first. */
function rulesOf({ kinds }: World): string[] {
  const files = [
    ...[...kinds.advertiser.values()].map(file => ({ file, folder: 'advertiser.yaml' })),
    ...[...kinds.order.values()].map(file => ({ file, folder: null })),
    ...[...kinds.campaign.values()].map(file => ({ file, folder: 'campaign.yaml' })),
  ]
  const rules = files.flatMap(({ file, folder }) => {
    const owners = ownersOf(file.value.owner)
    const { path } = file.file
    const pattern = folder !== null && posix.basename(path) === folder ? `${posix.dirname(path)}/` : path
    return owners.length > 0 ? [{ pattern, owners }] : []
  })
  const depth = (pattern: string) => pattern.split('/').length - (pattern.endsWith('/') ? 1 : 0)
  rules.sort((a, b) => depth(a.pattern) - depth(b.pattern) || (a.pattern < b.pattern ? -1 : 1))
  return rules.map(({ pattern, owners }) => `/${escaped(pattern)} ${owners.join(' ')}\n`)
}

/** As gitignore patterns are read; CODEOWNERS has no negation and no character ranges. */
const escaped = (path: string): string => path.replace(/[\\ #*?]/g, '\\$&')
