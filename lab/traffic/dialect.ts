import { childObject, isObject, type JsonObject, objectsIn } from './json.ts'

/** Moves `holder[key]` into `holder.ext`, under `name`. */
function moveToExt(holder: JsonObject, key: string, name = key): void {
  const value = holder[key]
  if (value === undefined) return
  delete holder[key]
  childObject(holder, 'ext')[name] = value
}

function oldImp(imp: JsonObject): void {
  if (imp['rwdd'] === 1) childObject(imp, 'ext')['reward'] = 1
  for (const key of ['rwdd', 'ssai', 'refresh']) delete imp[key]
  const { video } = imp
  if (isObject(video)) delete video['plcmt'] // `placement` says it in 2.5
}

function dropTaxonomy(holder: unknown): void {
  if (!isObject(holder)) return
  delete holder['cattax']
  dropTaxonomy(holder['content'])
}

/**
 * Rewrites a 2.6 request the way OpenRTB 2.5 exchanges write it, in place: privacy, identity and supply chain in
 * `ext`, no attribute that 2.6 introduced (OpenRTB 2.6 "Change log").
 */
export function toOpenRtb25(request: JsonObject): void {
  const { regs, user, source, device } = request
  if (isObject(regs)) for (const key of ['gdpr', 'us_privacy', 'gpp', 'gpp_sid']) moveToExt(regs, key)
  if (isObject(user)) for (const key of ['consent', 'eids']) moveToExt(user, key)
  if (isObject(source)) moveToExt(source, 'schain')
  if (isObject(device)) moveToExt(device, 'sua')
  delete request['cattax']
  dropTaxonomy(request['site'])
  dropTaxonomy(request['app'])
  for (const imp of objectsIn(request['imp'])) oldImp(imp)
}
