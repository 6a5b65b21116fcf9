/** Facts from a file, looked at again and again; refused ones leave the last good in use. */
import { readFileSync, statSync } from 'node:fs'
import type { Facts } from '@flightplan/contract/facts.ts'
import { readFacts } from '../facts/facts.ts'

export interface FactsWatch {
  /** Looks now; the facts when they are new and good. */
  look(): Facts | null
  stop(): void
}

/** @param onRefused told once for each version of the file */
export function watchFacts(
  file: string,
  poll_ms: number,
  onChange: (facts: Facts) => void,
  onRefused: (text: string) => void,
): FactsWatch {
  let seen = ''
  let lastGood: Facts | null = null
  const refuse = (text: string): null => {
    onRefused(text)
    return null
  }
  const look = (): Facts | null => {
    const version = readIfChanged(file, seen)
    if (!version) return null
    seen = version.sight
    if (!version.bytes) return refuse(`${file} cannot be read`)
    const { facts, faults } = readFacts(version.bytes, lastGood)
    if (!facts) return refuse(faults.map(({ path, message }) => `${path}: ${message}`).join('; '))
    lastGood = facts
    return facts
  }
  const timer = setInterval(() => {
    const facts = look()
    if (facts) onChange(facts)
  }, poll_ms)
  return { look, stop: () => clearInterval(timer) }
}

/** Null: the same as at the last look. */
function readIfChanged(file: string, seen: string): { sight: string; bytes: Buffer | null } | null {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    const sight = `${mtimeMs} ${size} ${ino}`
    return sight === seen ? null : { sight, bytes: readFileSync(file) }
  } catch {
    return seen === 'absent' ? null : { sight: 'absent', bytes: null }
  }
}
