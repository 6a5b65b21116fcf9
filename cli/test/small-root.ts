/** A small repository in a temporary folder, and the real command run on it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { mintFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'

export const FLIGHT = join(import.meta.dirname, '../flight.mjs')
const POLICIES = join(import.meta.dirname, '../../policies/request')

export interface Run {
  code: number | null
  stdout: string
  stderr: string
}

/** As a child process, with no terminal and little environment. */
export function flight(
  root: string,
  args: readonly string[],
  env: Record<string, string> = {},
  node = process.execPath,
) {
  const { PATH = '', HOME = '' } = process.env
  const { status, stdout, stderr } = spawnSync(node, [FLIGHT, ...args], {
    cwd: root,
    env: { PATH, HOME, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, stdout, stderr } satisfies Run
}

/** Two line items in euros on one dollar exchange: `broad` everywhere at 8.50, `austria` in one country at 20. */
export const FILES: Readonly<Record<string, string>> = {
  'flightplan.yaml': 'flightplan: 1\nvendor_id: 9999\nplanning_rates: {EUR: "1.08"}\n',
  'exchanges/alpha.yaml': `exchange: alpha
status: live
default_seat: "5371"
currencies: {request: [USD], bid: USD}
price: {codec: plain, unit: cpm}
notices: {bill_on: {banner: pixel, video: vast_impression, native: imptracker, audio: vast_impression}}
`,
  'campaigns/acme/advertiser.yaml':
    'advertiser: acme\nname: Acme\ndomain: acme.example\ncategories: [IAB18-5, "2.2:473", "3.1:473"]\n',
  'campaigns/acme/order.yaml': 'order: IO-1\nadvertiser: acme\ncurrency: EUR\nsigned: {amount: 50000}\n',
  'campaigns/acme/creative.yaml': `creative: acme-300x250
advertiser: acme
format: {banner: {size: 300x250, type: image, image: "https://cdn.acme.example/a.png"}}
landing_page: https://www.acme.example/
`,
  'campaigns/acme/campaign.yaml': `campaign: spring
order: IO-1
flight: {start: "2020-01-01 00:00", end: "2099-12-31 23:59", timezone: Europe/Berlin}
budget: {total: 40000}
line_items:
  broad:
    bid: {cpm: 8.50}
    creatives: {acme-300x250: 1}
  austria:
    bid: {cpm: 20}
    creatives: {acme-300x250: 1}
    where: {geo: {country: [AT]}}
`,
}

type Contents = Readonly<Record<string, string | Uint8Array | null>>

/** Writes a repository; returns its folder, which the caller removes. */
export function openRoot(files: Contents): string {
  const root = mkdtempSync(join(tmpdir(), 'flight-'))
  cpSync(POLICIES, join(root, 'policies/request'), { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    if (content === null) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

/** @param changes files to add or replace; null removes one */
export function withRoot(changes: Contents, use: (root: string) => void): void {
  const root = openRoot({ ...FILES, ...changes })
  try {
    use(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** A banner request from Germany that the shipped policy allows. */
export function request(floor: number): string {
  return JSON.stringify({
    id: 'r-1',
    at: 1,
    cur: ['USD'],
    regs: { gdpr: 0 },
    imp: [{ id: '1', bidfloor: floor, banner: { format: [{ w: 300, h: 250 }] } }],
    site: { id: 's', domain: 'news.example', page: 'https://news.example/a', publisher: { id: 'p' } },
    device: { ua: 'Mozilla/5.0 (X11; Linux x86_64)', ip: '192.0.2.9', geo: { country: 'DEU' } },
  })
}

export const NOW = '2027-03-01T12:00:00Z'

/** Facts with one exchange rate, of the tests' moment. */
export const facts = (): Uint8Array =>
  writeFacts(
    mintFacts(
      {
        digest: '',
        made_at_ms: 0,
        rates: { base: 'USD', at_ms: 0, max_age_ms: 86_400_000, source: 'test', per_unit: { EUR: '1.08' } },
        audits: {},
        deals: {},
        sellers: {},
        invalid_traffic: { networks: [], agents: [] },
      },
      Date.parse(NOW),
    ),
  )
