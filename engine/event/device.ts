import { CONNECTIONS, DEVICE_TYPES } from '@flightplan/contract/schema/values.ts'
import { addPiece, addTerm, addWords, type Reader, wordsByCode } from './reader.ts'
import { browserOf, osOf } from './user-agent.ts'

const DEVICE_TYPE_WORDS = wordsByCode(DEVICE_TYPES)
const CONNECTION_WORDS = wordsByCode(CONNECTIONS)

const lower =
  (field: 'make' | 'model' | 'carrier'): Reader =>
  (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, reading.auction.device[field].trim().toLowerCase(), out)

export const DEVICE_READERS = {
  device_type: (reading, attribute, _parameter, out) =>
    addWords(DEVICE_TYPE_WORDS, reading.auction.device.type, reading, attribute, out),
  os: (reading, attribute, _parameter, out) => addTerm(reading, attribute, osOf(reading.auction.device).name, out),
  os_version: (reading, attribute, parameter, out) => {
    const os = osOf(reading.auction.device)
    if (os.name === parameter) addPiece(reading, attribute, os.version, out)
  },
  browser: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, browserOf(reading.auction.device).name, out),
  browser_version: (reading, attribute, parameter, out) => {
    const browser = browserOf(reading.auction.device)
    if (browser.name === parameter) addPiece(reading, attribute, browser.version, out)
  },
  make: lower('make'),
  model: lower('model'),
  carrier: lower('carrier'),
  connection: (reading, attribute, _parameter, out) =>
    addWords(CONNECTION_WORDS, reading.auction.device.connection, reading, attribute, out),
  language: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, languageOf(reading.auction.device.language), out),
} satisfies Record<string, Reader>

/** `de-AT`, `DE` → `de`. Codes of three letters are other languages: `fil` is not `fi`. */
export function languageOf(tag: string): string {
  const code = tag.trim()
  const isWhole = code.length === 2 || code[2] === '-' || code[2] === '_'
  return isWhole ? code.slice(0, 2).toLowerCase() : ''
}
