/** What goes to a log: a framed line of the spool, a message of Kafka, with the topic and key that it goes under. */
import { type LoggedEvent, TOPICS } from '@flightplan/contract/events.ts'
import type { NodeMark } from '@flightplan/contract/marks.ts'
import { framed } from './frame.ts'

export interface Line {
  topic: string
  /** The campaign: its events stay in order. */
  key: string
  /** Framed. */
  text: string
}

export const topicOf = (kind: LoggedEvent['kind']): string =>
  kind === 'bid' || kind === 'no_bid' ? TOPICS.bids.name : TOPICS.notices.name

export const lineOf = (event: LoggedEvent): Line => ({
  topic: topicOf(event.kind),
  key: event.campaign,
  text: framed(JSON.stringify(event)),
})

export const markText = (mark: NodeMark): string => framed(JSON.stringify(mark))
