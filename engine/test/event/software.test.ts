import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf } from '../../event/device.ts'
import { osOf } from '../../event/user-agent.ts'
import { parseDevice } from '../../parse/device.ts'

/** `device.os`, user agent → family; spellings of real requests. */
const SYSTEMS: [string, string, string][] = [
  ['windows 7', '', 'windows'],
  ['iphone', '', 'ios'],
  ['iPhone OS', '', 'ios'],
  ['Mac OS X', '', 'macos'],
  ['', 'iPad', 'ios'],
  ['', 'Ubuntu', 'linux'],
  ['', 'mozilla/5.0 (windows nt 6.1; wow64) chrome/46.0', 'windows'],
  ['', 'Mozilla/5.0 (Linux; Android 15; K)', 'android'],
  ['', 'test-user-agent', ''],
]
for (const [os, ua, family] of SYSTEMS)
  test(`os "${os}", user agent "${ua}"`, () => assert.equal(osOf(parseDevice({ os, ua }, {})).name, family))

const LANGUAGES: [string, string][] = [
  ['de', 'de'],
  ['DE', 'de'],
  ['de-AT', 'de'],
  ['de_AT', 'de'],
  ['fil', ''],
  ['', ''],
]
for (const [tag, code] of LANGUAGES) test(`language "${tag}"`, () => assert.equal(languageOf(tag), code))
