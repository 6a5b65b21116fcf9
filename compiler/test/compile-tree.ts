/** A small repository in memory: one advertiser with an order, two exchanges, some creatives; tests add to it. */
import { type LoadResult, sourceFile } from '../load.ts'

export type Files = Record<string, string>

const banner = (size: string): string => `creative: b-${size}
advertiser: acme
format: {banner: {size: ${size}, type: image, image: "https://cdn.acme.example/${size}.png"}}
landing_page: https://www.acme.example/
`
const exchange = (id: string): string => `exchange: ${id}
status: live
default_seat: "1"
currencies: {request: [USD, EUR], bid: USD}
price: {codec: plain, unit: cpm}
notices: {bill_on: {banner: pixel}}
`

export const BASE: Files = {
  'flightplan.yaml': 'flightplan: 1\nvendor_id: 999\nplanning_rates: {EUR: "1.08"}\n',
  'exchanges/alpha.yaml': exchange('alpha'),
  'exchanges/beta.yaml': exchange('beta'),
  'campaigns/acme/advertiser.yaml':
    'advertiser: acme\nname: Acme\ndomain: acme.example\ncategories: [IAB18-5]\nlanguages: [de]\n',
  'campaigns/acme/order.yaml': 'order: io-1\nadvertiser: acme\ncurrency: USD\nsigned: {amount: 100000}\n',
  'campaigns/acme/b-300x250.yaml': banner('300x250'),
  'campaigns/acme/b-728x90.yaml': banner('728x90'),
  'campaigns/acme/video.yaml': `creative: video
advertiser: acme
format: {video: {duration: 15s, vast: "3.0", media: [{url: "https://cdn.acme.example/v.mp4", mime: video/mp4, w: 1280, h: 720}]}}
landing_page: https://www.acme.example/
`,
  'campaigns/acme/deal.yaml': 'deal: d1\nexchange: alpha\ncurrency: USD\nat: first\nfloor: 1.5\n',
  'campaigns/acme/audience-store.yaml': 'audience: store\nfrom: {profile: buyers}\n',
  'campaigns/acme/audience-seg.yaml': 'audience: seg\nfrom: {segments: ["dmp.example:7", "8"]}\n',
  'campaigns/acme/list.yaml': 'inventory_list: good\ndomains: [news.example]\nbundles: [com.example.game]\n',
}

/** A campaign of line items given as YAML, each with a flow map: `a: {bid: …}`. */
export const campaign = (lineItems: string, more = ''): string => `campaign: camp
order: io-1
flight: {start: "2026-01-01 00:00", end: "2026-12-31 23:59", timezone: Europe/Berlin}
budget: {total: 50000}
${more}line_items:
${lineItems
  .split('\n')
  .map(line => `  ${line}`)
  .join('\n')}
`

/** As loadTree would read it. */
export function treeOf(files: Files): LoadResult {
  const sources = Object.entries(files)
    .map(([path, text]) => sourceFile(path, text))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const isYaml = (path: string) => /\.ya?ml$/.test(path) && !path.startsWith('policies/')
  return {
    yaml: sources.filter(({ path }) => isYaml(path)),
    side: new Map(sources.filter(({ path }) => !isYaml(path)).map(source => [source.path, source])),
    diagnostics: [],
  }
}
