import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTrustedKey, keyIdOf } from '../../release/keys.ts'
import { readConfig } from '../../serve/config.ts'
import { PUBLIC_KEY } from '../release/shipped.ts'

const FLIGHT_TRUSTED_KEYS = formatTrustedKey(keyIdOf(PUBLIC_KEY), PUBLIC_KEY)
const NEEDED = { CHANNEL_DIR: '/c', STATE_DIR: '/s', FLIGHT_TRUSTED_KEYS }

test('defaults, and a trusted key that is read back', () => {
  const config = readConfig(NEEDED)
  assert.deepEqual([config.host, config.port, config.adminPort, config.server], ['127.0.0.1', 8080, 8081, 'strict'])
  assert.ok(config.trusted.get(keyIdOf(PUBLIC_KEY))?.equals(PUBLIC_KEY))
  assert.equal(config.noticeUrl, 'http://127.0.0.1:8080')
})

test('every fault is told at once', () => {
  const bad = {
    PORT: 'x',
    WORKERS: '0',
    TOKEN_KEY: 'short',
    NOTICE_URL: 'ftp://x',
    FLIGHT_TRUSTED_KEYS: 'id:AAAA',
    HTTP_SERVER: 'h2',
  }
  assert.throws(
    () => readConfig(bad),
    (error: Error) => {
      const names = error.message.split('\n').map(line => line.split(' ')[0])
      const all = [
        'CHANNEL_DIR',
        'FLIGHT_TRUSTED_KEYS',
        'HTTP_SERVER',
        'NOTICE_URL',
        'PORT',
        'STATE_DIR',
        'TOKEN_KEY',
        'WORKERS',
      ]
      assert.deepEqual(names.toSorted(), all)
      return true
    },
  )
})
