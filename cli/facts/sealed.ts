/** Facts as they are published: one file under a signed manifest, as releases are. */
import { bytesOf, sealRelease } from '@flightplan/compiler/release.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { maxPackedBytes, unpack } from '@flightplan/runtime/release/delta.ts'
import { FACTS_FILE } from '@flightplan/runtime/release/follow-facts.ts'
import type { ReleaseParts } from '@flightplan/runtime/store/port.ts'
import { EXIT, Stop } from '../exit.ts'
import { manifestOf } from '../publish.ts'
import { type ChannelDesk, reached } from '../stores.ts'

/** @param privateKey PEM of an Ed25519 key */
export function sealFacts(facts: Facts, privateKey: string): ReleaseParts {
  const contents = new Map([[FACTS_FILE, writeFacts(facts)]])
  const origin = { commit: '', tree: '', built_at_ms: facts.made_at_ms }
  const { digest, files } = sealRelease(contents, origin, countsOf(facts), privateKey)
  const part = (name: string): Uint8Array => files.get(name) ?? bytesOf('')
  return { digest, manifest: part('manifest.json'), signature: part('manifest.sig'), bundle: null, files: contents }
}

export const countsOf = ({ rates, audits, deals, sellers, invalid_traffic }: Facts): Record<string, number> => ({
  rates: Object.keys(rates.per_unit).length,
  audits: Object.values(audits).reduce((sum, verdicts) => sum + Object.keys(verdicts).length, 0),
  deals: Object.keys(deals).length,
  sellers: Object.keys(sellers).length,
  networks: invalid_traffic.networks.length,
})

/** Facts in the record. @throws Stop where they are not there, or are none */
export async function publishedFacts(desk: ChannelDesk, digest: string): Promise<Facts> {
  const file = (await manifestOf(desk, digest)).files[FACTS_FILE]
  const { store, channel } = desk
  const packed = file && (await reached('the record', store.blob(channel, file.sha256, maxPackedBytes(file.bytes))))
  const { facts } = readFacts(packed ? unpack(packed, file.bytes) : bytesOf(''))
  if (!facts) throw new Stop(EXIT.integrity, `what ${channel} serves (${digest}) are no facts`)
  return facts
}
