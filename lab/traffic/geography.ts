import { localActivity } from './diurnal.ts'
import { type Random, type Weighted, weights } from './random.ts'

/** A place people live: ISO 3166-2 subdivision (without the country), city, start of the postal code, centre. */
export type City = { region: string; name: string; zip: string; lat: number; lon: number; metro?: string }

export type Country = {
  iso2: string
  iso3: string
  share: number
  language: string
  offset_min: number
  dst: 'eu' | 'us'
  privacy: 'gdpr' | 'us' | 'none'
  carriers: readonly (readonly [string, string])[]
  cities: Weighted<City>
}

type Row = readonly [string, string, string, number, number, number, string?]
const cities = (...rows: Row[]): Weighted<City> =>
  weights(
    rows.map(([region, name, zip, lat, lon, weight, metro]) => {
      const city = metro === undefined ? { region, name, zip, lat, lon } : { region, name, zip, lat, lon, metro }
      return [city, weight] as const
    }),
  )

// Shares are of the traffic, not of people: a buyer in DE and AT is whom the examples follow. Region, city, start of
// the postal code, latitude, longitude, weight in the country, Nielsen DMA (US only).
// Names of carriers are the networks' MCC-MNC owners in generic words: no company is meant.
const mnc = (mcc: string, ...names: string[]) => names.map((name, at) => [name, `${mcc}-0${at + 1}`] as const)

export const COUNTRIES: readonly Country[] = [
  {
    iso2: 'DE',
    iso3: 'DEU',
    share: 33,
    language: 'de',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('262', 'D-Netz', 'Rotfunk', 'E-Netz'),
    cities: cities(
      ['BE', 'Berlin', '101', 52.52, 13.405, 18],
      ['BY', 'München', '803', 48.137, 11.575, 13],
      ['HH', 'Hamburg', '200', 53.551, 9.993, 11],
      ['NW', 'Köln', '506', 50.938, 6.957, 10],
      ['HE', 'Frankfurt am Main', '603', 50.11, 8.682, 8],
      ['BW', 'Stuttgart', '701', 48.776, 9.183, 7],
      ['NW', 'Düsseldorf', '402', 51.225, 6.776, 7],
      ['SN', 'Leipzig', '041', 51.34, 12.373, 5],
      ['NW', 'Dortmund', '441', 51.514, 7.465, 5],
      ['NI', 'Hannover', '301', 52.374, 9.738, 5],
      ['BY', 'Nürnberg', '904', 49.453, 11.077, 4],
      ['SN', 'Dresden', '010', 51.05, 13.738, 4],
      ['HB', 'Bremen', '281', 53.073, 8.806, 3],
    ),
  },
  {
    iso2: 'AT',
    iso3: 'AUT',
    share: 9,
    language: 'de',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('232', 'Alpenfunk', 'Donaunet', 'Drei Gipfel'),
    cities: cities(
      ['9', 'Wien', '10', 48.208, 16.372, 48],
      ['6', 'Graz', '80', 47.07, 15.439, 14],
      ['4', 'Linz', '40', 48.306, 14.286, 12],
      ['5', 'Salzburg', '50', 47.811, 13.055, 10],
      ['7', 'Innsbruck', '60', 47.269, 11.404, 8],
      ['2', 'Klagenfurt', '90', 46.624, 14.306, 4],
    ),
  },
  {
    iso2: 'FR',
    iso3: 'FRA',
    share: 13,
    language: 'fr',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('208', 'Réseau Azur', 'Mobile Rouge', 'Libre Ondes'),
    cities: cities(
      ['IDF', 'Paris', '750', 48.857, 2.352, 40],
      ['ARA', 'Lyon', '690', 45.764, 4.836, 14],
      ['PAC', 'Marseille', '130', 43.297, 5.37, 13],
      ['OCC', 'Toulouse', '310', 43.605, 1.444, 11],
      ['NAQ', 'Bordeaux', '330', 44.838, -0.579, 9],
      ['HDF', 'Lille', '590', 50.629, 3.057, 8],
    ),
  },
  {
    iso2: 'GB',
    iso3: 'GBR',
    share: 12,
    language: 'en',
    offset_min: 0,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('234', 'Island Mobile', 'Thames Cellular', 'Northern Wireless'),
    cities: cities(
      ['ENG', 'London', 'SW1', 51.507, -0.128, 45],
      ['ENG', 'Manchester', 'M1', 53.483, -2.244, 15],
      ['ENG', 'Birmingham', 'B1', 52.486, -1.89, 14],
      ['SCT', 'Glasgow', 'G1', 55.864, -4.252, 10],
      ['SCT', 'Edinburgh', 'EH1', 55.953, -3.188, 8],
      ['WLS', 'Cardiff', 'CF1', 51.482, -3.179, 6],
    ),
  },
  {
    iso2: 'US',
    iso3: 'USA',
    share: 16,
    language: 'en',
    offset_min: -300,
    dst: 'us',
    privacy: 'us',
    carriers: mnc('310', 'Coast Wireless', 'Prairie Mobile', 'Liberty Cell'),
    cities: cities(
      ['NY', 'New York', '100', 40.713, -74.006, 26, '501'],
      ['MA', 'Boston', '021', 42.36, -71.059, 12, '506'],
      ['PA', 'Philadelphia', '191', 39.953, -75.165, 12, '504'],
      ['GA', 'Atlanta', '303', 33.749, -84.388, 14, '524'],
      ['FL', 'Miami', '331', 25.762, -80.192, 14, '528'],
      ['OH', 'Cleveland', '441', 41.499, -81.694, 10, '510'],
      ['MI', 'Detroit', '482', 42.331, -83.046, 12, '505'],
    ),
  },
  {
    iso2: 'CH',
    iso3: 'CHE',
    share: 4,
    language: 'de',
    offset_min: 60,
    dst: 'eu',
    privacy: 'none',
    carriers: mnc('228', 'Bergnetz', 'Seefunk'),
    cities: cities(
      ['ZH', 'Zürich', '80', 47.377, 8.541, 45],
      ['GE', 'Genève', '12', 46.204, 6.143, 20],
      ['BS', 'Basel', '40', 47.56, 7.589, 18],
      ['BE', 'Bern', '30', 46.948, 7.447, 17],
    ),
  },
  {
    iso2: 'IT',
    iso3: 'ITA',
    share: 4,
    language: 'it',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('222', 'Rete Verde', 'Onda Mobile'),
    cities: cities(['25', 'Milano', '201', 45.464, 9.19, 50], ['62', 'Roma', '001', 41.903, 12.496, 50]),
  },
  {
    iso2: 'ES',
    iso3: 'ESP',
    share: 3,
    language: 'es',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('214', 'Red Solar', 'Móvil Ibérico'),
    cities: cities(['MD', 'Madrid', '280', 40.417, -3.704, 55], ['CT', 'Barcelona', '080', 41.385, 2.173, 45]),
  },
  {
    iso2: 'NL',
    iso3: 'NLD',
    share: 3,
    language: 'nl',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('204', 'Polder Mobiel', 'Delta Net'),
    cities: cities(['NH', 'Amsterdam', '101', 52.37, 4.895, 60], ['ZH', 'Rotterdam', '301', 51.924, 4.478, 40]),
  },
  {
    iso2: 'PL',
    iso3: 'POL',
    share: 3,
    language: 'pl',
    offset_min: 60,
    dst: 'eu',
    privacy: 'gdpr',
    carriers: mnc('260', 'Sieć Wisła', 'Bałtyk Mobile'),
    cities: cities(['14', 'Warszawa', '00-', 52.23, 21.012, 65], ['12', 'Kraków', '30-', 50.065, 19.945, 35]),
  },
]

/** By hour of UTC: which countries are awake. A German morning is an American night. */
const AWAKE: readonly Weighted<Country>[] = Array.from({ length: 24 }, (_, hour) =>
  weights(
    COUNTRIES.map(country => {
      const slot = (hour * 4 + 2 + country.offset_min / 15 + 96) % 96
      return [country, country.share * localActivity(slot)] as const
    }),
  ),
)

/** A country by its traffic share and by how awake it is at `at_ms`. */
export function countryAt(random: Random, at_ms: number): Country {
  const hour = Math.floor(at_ms / 3_600_000) % 24
  return random.weighted(AWAKE[hour] as Weighted<Country>) // 24 tables, hour is 0…23
}

/** The moment at which the n-th Sunday (or the last, n = 0) of a month begins, plus hours of UTC. */
function sundayOf(year: number, month: number, n: number, hour: number): number {
  const from = n === 0 ? new Date(Date.UTC(year, month + 1, 0)) : new Date(Date.UTC(year, month, 7 * n))
  return from.getTime() - from.getUTCDay() * 86_400_000 + hour * 3_600_000
}

/** Minutes east of UTC in a country (its eastern zone, in the US) at a moment, summer time included. */
export function utcOffset(country: Country, at_ms: number): number {
  const year = new Date(at_ms).getUTCFullYear()
  const [start, end] =
    country.dst === 'eu'
      ? [sundayOf(year, 2, 0, 1), sundayOf(year, 9, 0, 1)]
      : [sundayOf(year, 2, 2, 7), sundayOf(year, 10, 1, 6)]
  return country.offset_min + (at_ms >= start && at_ms < end ? 60 : 0)
}
