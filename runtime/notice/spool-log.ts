/** The spool as the event log itself: the embedded default. Who reads it (runtime/events/spool-source.ts) sees all of it. */
import { lineOf, markText } from './lines.ts'
import type { NodeLog } from './log.ts'
import type { Spool } from './spool.ts'

export function openSpoolLog(spool: Spool): NodeLog {
  return {
    append: events => spool.append(events.map(event => lineOf(event).text).join('')),
    offer: lines => spool.offer(lines.map(({ text }) => text).join('')),
    mark: mark => spool.append(markText(mark)),
    held_ms: () => null,
    figures: () => ({ spool: spool.figures(), kafka_up: null, sent: 0, drained: 0 }),
    close: () => spool.close(),
  }
}
