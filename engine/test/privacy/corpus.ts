import { existsSync, readFileSync } from 'node:fs'

const CORPUS = new URL('../../../../shared/corpus/', import.meta.url)

/** The `skip` option of a corpus test: false, or why it is skipped. */
export const skipCorpus = existsSync(CORPUS) ? false : 'no ../shared/corpus folder'

/** The lines of a consent vector file. Shapes: the corpus README. */
export function consentVectors<Vector>(name: 'consent-tcf' | 'consent-gpp' | 'consent-usp'): Vector[] {
  const lines = readFileSync(new URL(`${name}.ndjson`, CORPUS), 'utf8')
    .trim()
    .split('\n')
  return lines.map(line => JSON.parse(line) as Vector) // test data of a known shape
}
