/**
 * Follows the pauses of a channel: called, or by the jittered poll, from the hot copy, else from the record. As with
 * releases only what is signed and newer than all before is taken; what cannot be heard changes nothing.
 */
import { join } from 'node:path'
import { type Pause, pausesOf } from '@flightplan/contract/channel.ts'
import type { HotCopy, ReleaseSource } from '../store/port.ts'
import type { TrustedKeys } from './keys.ts'
import { openRecord } from './record.ts'
import { refusalOf } from './refusal.ts'
import { follows, readSeen, type Seen, writeSeen } from './seen.ts'
import { openWaker } from './waker.ts'

export interface FollowPausesOptions {
  channel: string
  hot: HotCopy | null
  store: ReleaseSource | null
  trusted: TrustedKeys
  stateDir: string
  poll_ms: number
  random: () => number
  setPauses(pauses: readonly Pause[]): void
  refused(text: string): void
}

export function followPauses(options: FollowPausesOptions): { stop(): Promise<void> } {
  const channel = pausesOf(options.channel)
  const stateDir = join(options.stateDir, 'pauses')
  const sources = [options.hot, options.store].filter(source => source !== null)
  let seen: Seen | null = readSeen(stateDir, channel)
  let taken = ''
  const look = async (): Promise<void> => {
    for (const source of sources) {
      const text = await source.pointer(channel)
      if (text === null || text === taken) continue
      const record = openRecord(text, channel, options.trusted)
      seen = follows(seen, record, text)
      options.setPauses(record.pauses ?? [])
      taken = text
      await writeSeen(stateDir, seen)
      return
    }
  }
  const waker = openWaker()
  const subscription = options.hot?.subscribe(channel, waker.call)
  const following = (async () => {
    while (!waker.isStopped()) {
      waker.listen()
      await look().catch(error => options.refused(refusalOf(error, 'not_fetched').text))
      await waker.pause(options.poll_ms * (0.75 + options.random() / 2))
    }
  })()
  return {
    async stop() {
      waker.stop()
      subscription?.close()
      await following
    },
  }
}
