import { COUNTRIES } from './geography.ts'
import { mix32, Random, weights, zipf } from './random.ts'

/**
 * The made-up supply side: sites, apps and screens with stable attributes. It does not depend on the traffic seed, so an inventory
 * list or a deal in an example campaign matches whichever traffic is generated.
 */
const WORLD = 20_270_101
const SITE_COUNT = 5000
const APP_COUNT = 2000

/** A theme as both taxonomies name it: Content Taxonomy 1.0 (cattax 1) and 2.x/3.x (cattax 2, 6, 7). */
export type Theme = { word: string; cat1: string; sub1: string; cat2: string; keywords: readonly string[] }

const theme = (word: string, cat1: string, sub1: string, cat2: string, keywords: string): Theme => ({
  word,
  cat1,
  sub1,
  cat2,
  keywords: keywords.split(','),
})
const THEMES = {
  news: theme('news', 'IAB12', 'IAB12-2', '379', 'politics,local,breaking,economy'),
  sport: theme('sport', 'IAB17', 'IAB17-44', '483', 'football,league,transfer,results'),
  recipes: theme('recipes', 'IAB8', 'IAB8-9', '210', 'cooking,vegan,baking,dinner'),
  tech: theme('tech', 'IAB19', 'IAB19-18', '596', 'laptop,review,software,android'),
  auto: theme('auto', 'IAB2', 'IAB2-10', '1', 'electric,suv,test,leasing'),
  money: theme('money', 'IAB13', 'IAB13-4', '391', 'etf,interest,insurance,tax'),
  travel: theme('travel', 'IAB20', 'IAB20-18', '653', 'flights,hotel,beach,city-trip'),
  games: theme('games', 'IAB9', 'IAB9-30', '680', 'puzzle,arcade,strategy,level'),
  weather: theme('weather', 'IAB15', 'IAB15-10', '464', 'forecast,rain,radar,storm'),
  style: theme('style', 'IAB18', 'IAB18-3', '552', 'beauty,trend,shoes,outfit'),
  health: theme('health', 'IAB7', 'IAB7-44', '223', 'fitness,sleep,running,diet'),
  home: theme('home', 'IAB10', 'IAB10-5', '274', 'garden,furniture,diy,decor'),
  shop: theme('shop', 'IAB22', 'IAB22-2', '473', 'deals,coupon,compare,sale'),
  music: theme('music', 'IAB1', 'IAB1-6', '338', 'charts,live,album,festival'),
  tv: theme('tv', 'IAB1', 'IAB1-7', '640', 'series,drama,episode,stream'),
  forum: theme('forum', 'IAB24', 'IAB24', '432', 'thread,answer,member,topic'),
}
const SITE_THEMES = weights<Theme>([
  [THEMES.news, 26],
  [THEMES.sport, 12],
  [THEMES.recipes, 8],
  [THEMES.tech, 8],
  [THEMES.auto, 6],
  [THEMES.money, 5],
  [THEMES.travel, 5],
  [THEMES.games, 6],
  [THEMES.weather, 5],
  [THEMES.style, 5],
  [THEMES.health, 5],
  [THEMES.home, 3],
  [THEMES.shop, 3],
  [THEMES.forum, 3],
])
const APP_THEMES = weights<Theme>([
  [THEMES.games, 46],
  [THEMES.news, 12],
  [THEMES.weather, 9],
  [THEMES.sport, 8],
  [THEMES.shop, 6],
  [THEMES.health, 6],
  [THEMES.music, 7],
  [THEMES.recipes, 3],
  [THEMES.money, 3],
])
const CTV_THEMES = weights<Theme>([
  [THEMES.tv, 70],
  [THEMES.sport, 18],
  [THEMES.news, 12],
])

const BLOCKED_CATS1 = [
  'IAB7-39',
  'IAB8-5',
  'IAB8-18',
  'IAB9-9',
  'IAB11-4',
  'IAB14-1',
  'IAB23',
  'IAB24',
  'IAB25',
  'IAB25-3',
  'IAB26',
]
const BLOCKED_CATS2 = ['286', '380', '381', '386', '453', 'v9i3On']
const CATTAXES = weights([
  [1, 92],
  [2, 2],
  [6, 3],
  [7, 3],
])
const APP_KIND_PREFIX = { app: 'app', ctv: 'tv', audio: 'radio' }

/** Whoever owns a site or an app, with what it never wants to show. */
export type Publisher = {
  id: string
  name: string
  domain: string
  cattax: number
  bcat: string[]
  badv: string[]
  battr: number[]
  resold: boolean
}
export type Site = { id: string; domain: string; home: string; theme: Theme; publisher: Publisher }
export type App = {
  id: string
  number: number
  name: string
  kind: 'app' | 'ctv' | 'audio'
  theme: Theme
  publisher: Publisher
}

const BADV = Array.from(
  { length: 60 },
  (_, at) => `${['casino', 'dating', 'loans', 'rival'][at % 4]}-${at + 1}.example`,
)

function publisher(number: number): Publisher {
  const random = new Random(WORLD ^ 0x70, number)
  const cattax = random.weighted(CATTAXES)
  return {
    id: String(100_000 + (mix32(number) % 800_000)),
    name: `Example Media ${number}`,
    domain: `media-${number}.example`,
    cattax,
    bcat: random.sample(cattax === 1 ? BLOCKED_CATS1 : BLOCKED_CATS2, random.chance(0.75) ? random.int(1, 7) : 0),
    badv: random.sample(BADV, random.chance(0.5) ? random.int(1, 8) : 0),
    battr: random.sample([1, 2, 3, 5, 6, 8, 9, 10, 13, 14, 17], random.chance(0.4) ? random.int(1, 4) : 0),
    resold: random.chance(0.3),
  }
}

// Publishers are shared: a big house owns many sites, as sellers.json files show.
const PUBLISHERS = Array.from({ length: 1200 }, (_, at) => publisher(at + 1))
const PUBLISHER_RANKS = zipf(PUBLISHERS.length, 40)
const HOMES = weights(COUNTRIES.map(country => [country.iso2, country.share] as const))

function site(rank: number): Site {
  const random = new Random(WORLD ^ 0x51, rank)
  const topic = random.weighted(SITE_THEMES)
  return {
    id: `s${2000 + rank}`,
    domain: `${topic.word}-${rank + 1}.example`,
    home: random.weighted(HOMES),
    theme: topic,
    publisher: PUBLISHERS[random.ranked(PUBLISHER_RANKS)] as Publisher, // a rank below the list's length
  }
}

const APP_KINDS = weights<App['kind']>([
  ['app', 88],
  ['ctv', 8],
  ['audio', 4],
])

function app(rank: number): App {
  const random = new Random(WORLD ^ 0xa4, rank)
  const kind = random.weighted(APP_KINDS)
  const topic =
    kind === 'ctv' ? random.weighted(CTV_THEMES) : kind === 'audio' ? THEMES.music : random.weighted(APP_THEMES)
  return {
    id: `a${5000 + rank}`,
    number: rank + 1,
    name: `Example ${topic.word} ${APP_KIND_PREFIX[kind]} ${rank + 1}`,
    kind,
    theme: topic,
    publisher: PUBLISHERS[random.ranked(PUBLISHER_RANKS)] as Publisher, // a rank below the list's length
  }
}

/** All sites, most visited first. */
export const SITES: readonly Site[] = Array.from({ length: SITE_COUNT }, (_, rank) => site(rank))
/** All apps of phones, televisions and audio players, most used first. */
export const APPS: readonly App[] = Array.from({ length: APP_COUNT }, (_, rank) => app(rank))

type Ranked<T> = { members: readonly T[]; sums: Float64Array }
const ranked = <T>(members: readonly T[], shift: number): Ranked<T> => ({ members, sums: zipf(members.length, shift) })
const EVERYWHERE = ranked(SITES, 3)
const AT_HOME = new Map(
  COUNTRIES.map(
    ({ iso2 }) =>
      [
        iso2,
        ranked(
          SITES.filter(({ home }) => home === iso2),
          3,
        ),
      ] as const,
  ),
)
const APPS_BY_KIND: Record<App['kind'], Ranked<App>> = {
  app: ranked(
    APPS.filter(({ kind }) => kind === 'app'),
    10,
  ),
  ctv: ranked(
    APPS.filter(({ kind }) => kind === 'ctv'),
    4,
  ),
  audio: ranked(
    APPS.filter(({ kind }) => kind === 'audio'),
    3,
  ),
}
const draw = <T>(random: Random, from: Ranked<T>): T => from.members[random.ranked(from.sums)] as T // never empty

/** A site: four visits of five are to one from the visitor's own country. */
export function drawSite(random: Random, iso2: string): Site {
  const home = AT_HOME.get(iso2)
  return draw(random, home && random.chance(0.8) ? home : EVERYWHERE)
}

export const drawApp = (random: Random, kind: App['kind']): App => draw(random, APPS_BY_KIND[kind])

/** Android package name or the store's number: what `app.bundle` holds on that system. */
export const bundleOf = ({ number, theme: { word } }: App, numeric: boolean): string =>
  numeric ? String(990_000_000 + number) : `example.${word}.app${number}`

/** The category list of something about this theme, in the taxonomy its publisher uses. */
export const categories = ({ cat1, sub1, cat2 }: Theme, cattax: number): string[] =>
  cattax === 1 ? (cat1 === sub1 ? [cat1] : [cat1, sub1]) : [cat2]
