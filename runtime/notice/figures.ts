/** What notices and the event log add to /metrics, in Prometheus' text format. */
import type { LogFigures } from './log.ts'
import type { NoticeTally } from './receive.ts'

type Row = readonly [labels: string, value: number]

export function noticeMetrics(
  { results, refused }: NoticeTally,
  log: LogFigures,
  dropped: number,
  seen: number,
): string {
  const { spool } = log
  const noticed = [...results].map(([key, value]): Row => {
    const [kind, result] = key.split(' ')
    return [`{kind="${kind}",result="${result}"}`, value]
  })
  const families: [name: string, type: 'counter' | 'gauge', help: string, rows: readonly Row[]][] = [
    ['notices_total', 'counter', 'Notices that were answered, by what became of them', noticed],
    [
      'notices_refused_total',
      'counter',
      'Notices that no event was written for',
      [...refused].map(([why, value]): Row => [`{why="${why}"}`, value]),
    ],
    ['notices_seen', 'gauge', 'Ids that tell duplicates apart on this node', [['', seen]]],
    ['events_dropped_total', 'counter', 'Bids and no-bids that found no room on the way to the log', [['', dropped]]],
    ['spool_bytes', 'gauge', 'Events on disk', [['', spool.bytes]]],
    ['spool_segments', 'gauge', 'Files of the spool', [['', spool.segments]]],
    ['spool_waiting_bytes', 'gauge', 'Events that wait for their fsync', [['', spool.waiting_bytes]]],
    ['spool_syncs_total', 'counter', 'Groups of events made durable by one fsync each', [['', spool.syncs]]],
    ['spool_failures_total', 'counter', 'Writes or syncs that failed', [['', spool.failures]]],
    ['kafka_sent_total', 'counter', 'Messages that Kafka acknowledged', [['', log.sent]]],
    ['kafka_drained_total', 'counter', 'Those of them that came from the spool', [['', log.drained]]],
    ['kafka_up', 'gauge', '1: events go to Kafka, 0: to the spool', log.kafka_up === null ? [] : [['', log.kafka_up]]],
  ]
  return families.map(([name, type, help, rows]) => familyText(`flightplan_${name}`, type, help, rows)).join('')
}

const familyText = (name: string, type: string, help: string, rows: readonly Row[]): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${rows.map(([labels, value]) => `${name}${labels} ${value}\n`).join('')}`
