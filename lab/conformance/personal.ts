/** Personal values of a request, wherever 2.5 and 2.6 put them: none may be echoed. */
import { list, type Tree, text, tree } from '../oracle/lenient.ts'

/** Shorter ones ("1", "10001") and plain words ("running", a segment) turn up by chance. */
const LEAST_CHARS = 7
const isTelling = (value: string) => value.length >= LEAST_CHARS && /\d/.test(value)

const dig = (value: Tree, ...path: string[]): Tree => path.reduce((at, key) => tree(at[key]), value)

export function personalValues(request: Tree): string[] {
  const [user, device] = [tree(request['user']), tree(request['device'])]
  const eids = [user['eids'], dig(user, 'ext')['eids']].flatMap(list).map(tree)
  const found: unknown[] = [
    ...[user['id'], user['buyeruid'], user['buyerUid'], user['customdata']],
    ...eids.flatMap(({ uids }) => list(uids)).map(uid => tree(uid)['id']),
    ...['ifa', 'ip', 'ipv6', 'didsha1', 'didmd5', 'dpidsha1', 'dpidmd5', 'macsha1', 'macmd5'].map(key => device[key]),
    ...[dig(device, 'geo'), dig(user, 'geo')].flatMap(({ lat, lon }) => [lat, lon]),
    ...list(user['data']).flatMap(data => list(tree(data)['segment']).map(segment => tree(segment)['id'])),
  ]
  return found.map(text).filter(value => value !== null && isTelling(value)) as string[] // null is filtered
}

/** The first personal value that stands in the answer and nowhere else in the request. */
export function echoed(request: Tree, answer: string): string | undefined {
  const { user: _user, device: _device, ...rest } = request
  let others: string | undefined
  return personalValues(request).find(value => {
    if (!answer.includes(value)) return false
    others ??= JSON.stringify(rest)
    return !others.includes(value)
  })
}
