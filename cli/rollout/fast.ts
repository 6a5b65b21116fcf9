/** The fast lane: all auctions at once, for a change that the compiler proves can only reduce. */
import { type CompileResult, compile, compileTree } from '@flightplan/compiler/compile.ts'
import { notReducing } from '@flightplan/compiler/diff/reducing.ts'
import type { Manifest } from '@flightplan/contract/release.ts'
import { EXIT, Stop } from '../exit.ts'
import { treeAt } from '../git-tree.ts'
import { type Output, pathFromHere } from '../output.ts'
import { contentDigest } from '../plan/subject.ts'

/**
 * Proves it of what the two releases were made of: the commit of the one that serves, and the files on the disk.
 * @returns the proof in words, for the history
 * @throws Stop where it cannot be proved; the lines that do not reduce are told first
 */
export async function fastLane(output: Output, root: string, live: Manifest, canary: Manifest): Promise<string> {
  const head = await compile(root, { now_ms: 0 })
  if (!isOf(head, canary)) throw refused('the release is not made of the files here: flight build')
  const { loaded } = live.commit === '' ? refuse('the release that serves names no commit') : treeAt(root, live.commit)
  const base = await compileTree(loaded, { now_ms: 0 })
  if (!isOf(base, live)) throw refused(`the release that serves is not commit ${live.commit.slice(0, 12)} alone`)
  const artifacts = [...changedArtifacts(live, canary)].map(name => `${name} is another`)
  const faults = base.world && head.world ? notReducing(base.world, head.world) : []
  for (const { span, message } of faults)
    output.progress(`${pathFromHere(root, span.file)}:${span.start.line}:${span.start.col} ${message}`)
  for (const text of artifacts) output.progress(text)
  const n = faults.length + artifacts.length
  if (n > 0) throw refused(`${n} of the changes may raise bids or reach more auctions`)
  return 'fast lane: the change can only reduce'
}

const refused = (why: string): Stop =>
  new Stop(EXIT.gate, `no fast lane: ${why}; without --fast it is rolled out by waves`)
function refuse(why: string): never {
  throw refused(why)
}

const isOf = ({ release }: CompileResult, manifest: Manifest): boolean =>
  release !== null && contentDigest(release) === contentDigest({ manifest })

/** The request policy and models decide bids too, and no diff of YAML shows them. */
function changedArtifacts(live: Manifest, canary: Manifest): Set<string> {
  const names = new Set([...Object.keys(live.files), ...Object.keys(canary.files)].filter(isArtifact))
  return new Set([...names].filter(name => live.files[name]?.sha256 !== canary.files[name]?.sha256))
}
const isArtifact = (name: string): boolean => name === 'policy.wasm' || name.startsWith('models/')
