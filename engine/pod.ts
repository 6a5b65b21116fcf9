/**
 * Dynamic pods: the seller offers seconds instead of places, and builds the break from the bids on one imp (OpenRTB 2.6
 * implementation guide §7.6). Our bids on it leave room for one another, so that it may take them all.
 */
import type { Imp, Slot } from './auction.ts'
import type { Offer } from './price/offer.ts'

/** What the rules of a pod need to know of an ad. */
export interface AdFacts {
  seconds(offer: Offer): number
  /** Index of its advertiser: competitors of its own a break does not need. */
  advertiser(offer: Offer): number
}

export interface PodRoom {
  readonly slot: Slot
  left_s: number
  left_ads: number
  readonly advertisers: number[]
}

/** Null where the slot is no dynamic pod: the usual case. */
function roomOf(slot: Slot): PodRoom | null {
  if (slot.format !== 'video' && slot.format !== 'audio') return null
  const { pod } = slot
  if (pod === null || pod.duration_s === null) return null
  return { slot, left_s: pod.duration_s, left_ads: pod.max_ads ?? Number.POSITIVE_INFINITY, advertisers: [] }
}

/** One for each dynamic pod of the imp; null: it has none. */
export function roomsOf({ slots }: Imp): PodRoom[] | null {
  let rooms: PodRoom[] | null = null
  for (const slot of slots) {
    const room = roomOf(slot)
    if (room) rooms = [...(rooms ?? []), room]
  }
  return rooms
}

/** Once an ad of the place is taken (`started`), only the pod that it is in goes on. */
export function hasRoom(rooms: readonly PodRoom[], started: Slot | null, offer: Offer, facts: AdFacts): boolean {
  const { slot } = offer.candidate
  if (started !== null && slot !== started) return false
  const room = rooms.find(one => one.slot === slot)
  if (!room) return started === null
  const seconds = facts.seconds(offer)
  return (
    room.left_ads > 0 && seconds > 0 && seconds <= room.left_s && !room.advertisers.includes(facts.advertiser(offer))
  )
}

/** True where the pod may take another ad. */
export function enter(rooms: readonly PodRoom[], offer: Offer, facts: AdFacts): boolean {
  const room = rooms.find(({ slot }) => slot === offer.candidate.slot)
  if (!room) return false
  room.left_s -= facts.seconds(offer)
  room.left_ads--
  room.advertisers.push(facts.advertiser(offer))
  return true
}
