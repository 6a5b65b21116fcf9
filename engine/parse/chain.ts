import type { SupplyChain } from '../auction.ts'
import { flag, isObject, type Json, list, object, text } from './json.ts'

/** Real chains have fewer than 10 nodes. */
const MAX_NODES = 64

/**
 * The supply chain out of its three places, the newest first: `source.schain` (2.6), `source.ext.schain` (2.5) and
 * `ext.schain` (2.4 and before). Null when none of them is an object.
 */
export function parseChain(newest: unknown, older: unknown, oldest: unknown): SupplyChain | null {
  if (isObject(newest)) return readChain(newest)
  if (isObject(older)) return readChain(older)
  return isObject(oldest) ? readChain(oldest) : null
}

/** A chain that is cut, or has a node without `asi` or `sid` (both are required), is not complete, whatever it says. */
function readChain(value: Json): SupplyChain {
  const written = list(value['nodes'])
  const nodes: SupplyChain['nodes'] = []
  let whole = flag(value['complete']) && written.length > 0 && written.length <= MAX_NODES
  for (let at = 0; at < written.length && at < MAX_NODES; at++) {
    const node = object(written[at])
    const asi = text(node['asi']).trim().toLowerCase()
    const sid = text(node['sid']).trim()
    if (asi === '' || sid === '') whole = false
    nodes.push({ asi, sid, hp: flag(node['hp']) })
  }
  return { complete: whole, nodes }
}
