import type { JsonObject } from './json.ts'
import { weights } from './random.ts'
import type { Scene } from './scene.ts'
import { type App, bundleOf, categories, type Publisher, type Site, type Theme } from './supply.ts'

const RATINGS = weights([
  ['TV-G', 30],
  ['TV-PG', 35],
  ['TV-14', 25],
  ['TV-MA', 10],
])
const GENRES = ['drama', 'comedy', 'news', 'sports', 'documentary', 'kids', 'reality']

const publisherObject = ({ id, name, domain }: Publisher): JsonObject => ({ id, name, domain })

function withTaxonomy(target: JsonObject, theme: Theme, publisher: Publisher): JsonObject {
  target['cat'] = categories(theme, publisher.cattax)
  if (publisher.cattax !== 1) target['cattax'] = publisher.cattax
  return target
}

function siteObject({ random, user, kind }: Scene, site: Site): JsonObject {
  const { theme, publisher, domain } = site
  const path = `${random.pick(theme.keywords)}/${random.pick(['article', 'story', 'page', 'gallery'])}-${random.int(1000, 999_999)}`
  const made: JsonObject = { id: site.id, name: domain, domain }
  withTaxonomy(made, theme, publisher)
  if (random.chance(0.4)) made['pagecat'] = categories(theme, publisher.cattax)
  made['page'] = `https://www.${domain}/${path}`
  if (random.chance(0.55)) made['ref'] = random.chance(0.6) ? 'https://search.example/' : `https://www.${domain}/`
  made['mobile'] = user.device.type === 2 ? 0 : 1
  made['privacypolicy'] = 1
  made['publisher'] = publisherObject(publisher)
  if (random.chance(0.5)) made['keywords'] = random.sample(theme.keywords, 3).join(',')
  if (kind === 'video')
    made['content'] = withTaxonomy(
      {
        id: random.hex(12),
        title: `Clip ${random.int(1, 9999)}`,
        len: random.int(30, 900),
        language: user.country.language,
        livestream: 0,
      },
      theme,
      publisher,
    )
  return made
}

function televisionContent({ random, user }: Scene, app: App): JsonObject {
  const channel = random.int(1, 40)
  const made: JsonObject = {
    id: random.hex(12),
    series: `Example Series ${random.int(1, 300)}`,
    season: String(random.int(1, 8)),
    episode: random.int(1, 24),
    title: `Episode ${random.int(1, 24)}`,
    genre: app.theme.word === 'tv' ? random.pick(GENRES) : app.theme.word,
    contentrating: random.weighted(RATINGS),
    prodq: 1,
    context: 1,
    livestream: app.theme.word === 'tv' ? 0 : 1,
    len: random.pick([1320, 1560, 2640, 3300, 5400]),
    language: user.country.language,
    network: {
      id: `net-${channel % 9}`,
      name: `Example Network ${channel % 9}`,
      domain: `network-${channel % 9}.example`,
    },
    channel: { id: `ch-${channel}`, name: `Example Channel ${channel}`, domain: `channel-${channel}.example` },
  }
  return withTaxonomy(made, app.theme, app.publisher)
}

function appObject(scene: Scene, app: App): JsonObject {
  const { random, user } = scene
  const numeric = user.device.make === 'Apple' || user.device.make === 'Roku'
  const bundle = bundleOf(app, numeric)
  const made: JsonObject = {
    id: app.id,
    name: app.name,
    bundle,
    domain: `${app.theme.word}-app${app.number}.example`,
    storeurl: numeric ? `https://appstore.example/app/id${bundle}` : `https://playstore.example/details?id=${bundle}`,
  }
  withTaxonomy(made, app.theme, app.publisher)
  Object.assign(made, { ver: `${random.int(1, 9)}.${random.int(0, 20)}.${random.int(0, 9)}`, privacypolicy: 1 })
  if (random.chance(0.6)) made['paid'] = 0
  made['publisher'] = publisherObject(app.publisher)
  if (scene.kind === 'ctv') made['content'] = televisionContent(scene, app)
  if (scene.kind === 'audio')
    made['content'] = {
      artist: `Example Artist ${random.int(1, 500)}`,
      genre: random.pick(['pop', 'rock', 'podcast', 'classical']),
      context: 3,
    }
  return made
}

const VENUES = weights([
  ['101', 30],
  ['10101', 20],
  ['203', 20],
  ['2', 15],
  ['301', 15],
])

function screenObject({ random, publisher }: Scene, screen: number): JsonObject {
  return {
    id: `screen-${screen}`,
    name: `Example screen ${screen}`,
    venuetype: [random.weighted(VENUES)],
    venuetypetax: 1,
    publisher: publisherObject(publisher),
    domain: 'screens.example',
  }
}

/** Exactly one of `site`, `app`, `dooh` (OpenRTB 2.6 §3.2.1), as an entry of the request. */
export function channelOf(scene: Scene): readonly ['site' | 'app' | 'dooh', JsonObject] {
  const { place } = scene
  if ('site' in place) return ['site', siteObject(scene, place.site)]
  if ('app' in place) return ['app', appObject(scene, place.app)]
  return ['dooh', screenObject(scene, place.screen)]
}
