/** Several bids of an answer taken together: one for an imp and deal, or as many as a dynamic pod holds. */
import { list, number, type Tree, text, texts, tree } from '../oracle/lenient.ts'
import { MTYPES } from './scene.ts'

interface Placed {
  bid: Tree
  imp: string
  /** Of its media; null: no dynamic pod. */
  pod: { seconds: number; ads: number } | null
}

function placed(request: Tree, bid: Tree): Placed {
  const imp = list(request['imp'])
    .map(tree)
    .find(({ id }) => text(id) === text(bid['impid']))
  const format = MTYPES[number(bid['mtype']) as keyof typeof MTYPES] // undefined where it is no key
  const media = tree(imp && format ? imp[format] : null)
  const seconds = Math.trunc(number(media['poddur']) ?? 0)
  const ads = Math.trunc(number(media['maxseq']) ?? 0)
  const isTimed = format === 'video' || format === 'audio'
  const pod = isTimed && seconds > 0 ? { seconds, ads: ads > 0 ? ads : Number.POSITIVE_INFINITY } : null
  return { bid, imp: `${text(bid['impid'])} ${format}`, pod }
}

/** Ids are distinct; one bid for an imp in the open auction, and one in each deal; a pod is not overfilled (§7.6). */
export function setFaults(request: Tree, bids: readonly Tree[]): string[] {
  const all = bids.map(bid => placed(request, bid))
  const ids = bids.map(({ id }) => text(id))
  const places = all
    .filter(({ pod }) => pod === null)
    .map(({ bid: { impid, dealid } }) => JSON.stringify([impid, dealid ?? null]))
  const pods = Map.groupBy(
    all.filter(({ pod }) => pod !== null),
    ({ imp }) => imp,
  )
  return [
    ...when(new Set(ids).size < ids.length, 'two bids with one id'),
    ...when(new Set(places).size < places.length, 'two bids for one imp and deal'),
    ...[...pods.values()].flatMap(podFaults),
  ]
}

function podFaults(inside: readonly Placed[]): string[] {
  const pod = inside[0]?.pod
  if (!pod) return []
  const seconds = inside.reduce((sum, { bid }) => sum + (number(bid['dur']) ?? Number.POSITIVE_INFINITY), 0)
  const domains = inside.flatMap(({ bid }) => texts(bid['adomain']))
  return [
    ...when(seconds > pod.seconds, `${seconds} s of ads in a pod of ${pod.seconds} s`),
    ...when(inside.length > pod.ads, `${inside.length} ads in a pod of at most ${pod.ads}`),
    ...when(new Set(domains).size < domains.length, 'one advertiser twice in a pod'),
  ]
}

const when = (isFault: boolean, fault: string): string[] => (isFault ? [fault] : [])
