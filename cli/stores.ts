/** The stores and keys of the verbs that publish: URLs from the environment, else folders below the root. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { CHANNEL_NAME, type ChannelRecord } from '@flightplan/contract/channel.ts'
import { type Signing, headOf as verifiedHead } from '@flightplan/runtime/publish/channel.ts'
import { keyIdOf, parseTrustedKeys, type TrustedKeys } from '@flightplan/runtime/release/keys.ts'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { Refused } from '@flightplan/runtime/release/refusal.ts'
import { openStores, storeUrls } from '@flightplan/runtime/store/open.ts'
import type { Deed, HotCopy, ReleaseStore } from '@flightplan/runtime/store/port.ts'
import { EXIT, Stop, usage } from './exit.ts'
import { emailOf } from './git.ts'
import type { Output } from './output.ts'
import { openRoot } from './root.ts'

export interface ChannelOptions {
  root: string
  channel: string
  format: 'pretty' | 'json'
}
export interface MoveOptions extends ChannelOptions {
  dryRun?: boolean
  reason?: string
  wait?: number
}

export interface ChannelDesk {
  root: string
  channel: string
  store: ReleaseStore
  hot: HotCopy
  /** Of FLIGHT_TRUSTED_KEYS, and the signing key's own. */
  trusted: TrustedKeys
  /** Null without FLIGHT_SIGNING_KEY. */
  privateKey: string | null
}

/** Opens the channel's stores, brings the database to the schema, and closes them again. */
export async function atDesk<T>(
  output: Output,
  env: NodeJS.ProcessEnv,
  { root: folder, channel }: ChannelOptions,
  use: (desk: ChannelDesk) => Promise<T>,
): Promise<T> {
  if (!CHANNEL_NAME.test(channel)) throw usage(`--channel "${channel}" is not lower-case letters, digits and -`)
  const root = openRoot(folder)
  const urls = { redisUrl: null, databaseUrl: null, storeDir: join(root, '.flight/store'), ...storeUrls(env) }
  const stores = openStores({ ...urls, storeDir: urls.storeDir ?? join(root, '.flight/store') }, Math.random, text =>
    output.progress(text),
  )
  try {
    await reached('the database', stores.migrate())
    const { hot, store } = stores
    if (!hot || !store) throw usage('no store to publish to')
    return await use({ root, channel, store, hot, ...keysOf(env) })
  } catch (error) {
    throw error instanceof Refused ? new Stop(EXIT.integrity, error.message) : error
  } finally {
    await stores.close()
  }
}

/** @throws Stop saying what cannot be reached, for a promise that rejects */
export async function reached<T>(what: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Stop || error instanceof Refused) throw error
    throw new Stop(
      EXIT.unreached,
      `${what} cannot be used: ${error instanceof Error ? error.message || error.name : error}`,
    )
  }
}

function keysOf(env: NodeJS.ProcessEnv): Pick<ChannelDesk, 'trusted' | 'privateKey'> {
  const privateKey = env['FLIGHT_SIGNING_KEY'] || null
  const trusted = new Map(trustedKeys(env['FLIGHT_TRUSTED_KEYS'] ?? ''))
  if (privateKey !== null) {
    const own = publicKeyOf(privateKey)
    trusted.set(keyIdOf(own), own)
  }
  return { trusted, privateKey }
}

function trustedKeys(text: string): TrustedKeys {
  try {
    return parseTrustedKeys(text)
  } catch (error) {
    throw usage(`FLIGHT_TRUSTED_KEYS: ${error instanceof Error ? error.message : error}`)
  }
}

function publicKeyOf(pem: string) {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return createPublicKey(key)
  } catch {
    // OpenSSL's own words help nobody here
  }
  throw usage('FLIGHT_SIGNING_KEY holds no Ed25519 private key in PEM')
}

export function signingOf({ privateKey, trusted }: ChannelDesk): Signing {
  if (privateKey === null) throw usage('no bidder follows an unsigned record: set FLIGHT_SIGNING_KEY')
  return { privateKey, trusted }
}

export function deedOf({ root }: ChannelDesk, reason: string | undefined): Deed {
  return { who: emailOf(root) ?? userInfo().username, at_ms: Date.now(), reason: reason ?? '' }
}

/** The newest record; without any key to check it by, as it is written there. */
export async function headOf(desk: ChannelDesk, output: Output): Promise<ChannelRecord | null> {
  const { store, channel, trusted } = desk
  if (trusted.size > 0) return reached('the record', verifiedHead(store, channel, trusted))
  output.progress('signatures are not checked: set FLIGHT_TRUSTED_KEYS')
  const text = await reached('the record', store.pointer(channel))
  return text === null ? null : peekRecord(text)
}
