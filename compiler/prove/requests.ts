import { readFileSync } from 'node:fs'

/** The requests that every release is proved with: one a line in golden/requests.ndjson. */
export function goldenRequests(): unknown[] {
  const text = readFileSync(new URL('../golden/requests.ndjson', import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}
