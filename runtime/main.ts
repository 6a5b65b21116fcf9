/** The bid server. Wiring only: the environment, the log, the signals. */
import { hostname } from 'node:os'
import { pino } from 'pino'
import { openSecrets } from './secrets.ts'
import { readConfig, readRemote } from './serve/config.ts'
import { startServer } from './serve/server.ts'
import { openStores } from './store/open.ts'

const EXIT_CONFIG = 64 // EX_USAGE: starting again will not help
const EXIT_CANNOT_LISTEN = 71 // EX_OSERR

const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }))

try {
  const config = readConfig(process.env)
  const names = readRemote(process.env, hostname())
  const stores = names && openStores(names.urls, Math.random, text => logger.warn({ text }, 'store_fault'))
  const server = await startServer({
    config,
    remote: names && stores && { ...names, ...stores },
    secrets: openSecrets(process.env, config.secretsDir),
    log: (level, event, data) => logger[level](data ?? {}, event),
    random: Math.random,
    now_ms: Date.now,
  })
  logger.info({ host: config.host, port: server.port, adminPort: server.adminPort }, 'listening')
  server.open()
  const end = () =>
    void server
      .close(config.drain_delay_ms)
      .then(() => stores?.close())
      .then(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
} catch (error) {
  const isConfig = error instanceof RangeError
  logger.fatal(
    { error: error instanceof Error ? error.message : String(error) },
    isConfig ? 'bad_environment' : 'cannot_start',
  )
  process.exitCode = isConfig ? EXIT_CONFIG : EXIT_CANNOT_LISTEN
}
