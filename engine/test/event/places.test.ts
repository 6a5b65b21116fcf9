import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { domainAndParents } from '../../domain.ts'
import { distance_km } from '../../event/geo.ts'

test('a domain and its parents, down to two labels', () => {
  assert.deepEqual(domainAndParents('a.b.news.example'), ['a.b.news.example', 'b.news.example', 'news.example'])
  assert.deepEqual(domainAndParents('news.example'), ['news.example'])
  assert.deepEqual(domainAndParents('localhost'), ['localhost'])
  assert.deepEqual(domainAndParents(''), [])
})

test('parents are suffixes on a label, each shorter by one label', () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/)
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), labels => {
      const wanted = labels.map((_, i) => labels.slice(i)).filter((rest, i) => rest.length >= 2 || i === 0)
      assert.deepEqual(
        domainAndParents(labels.join('.')),
        wanted.map(rest => rest.join('.')),
      )
    }),
    { seed: 41 },
  )
})

test('distances between towns, kilometres', () => {
  // Great-circle distances of the given points on a sphere of the mean radius.
  const towns: [string, number[], number][] = [
    ['Berlin–Paris', [52.52, 13.405, 48.8566, 2.3522], 878],
    ['London–New York', [51.5074, -0.1278, 40.7128, -74.006], 5570],
    ['Sydney–Auckland', [-33.8688, 151.2093, -36.8485, 174.7633], 2156],
    ['over the date line', [0, 179.9, 0, -179.9], 22.24],
    ['over the pole', [89.9, 0, 89.9, 180], 22.24],
    ['pole to pole', [90, 0, -90, 77], 20_015.1],
    ['nowhere', [12.3, 45.6, 12.3, 45.6], 0],
  ]
  for (const [name, [lat1 = 0, lon1 = 0, lat2 = 0, lon2 = 0], km] of towns)
    assert.ok(Math.abs(distance_km(lat1, lon1, lat2, lon2) - km) <= Math.max(0.01, km * 0.001), name)
})

/** By the angle between the two directions from the centre: another formula than the engine's. */
function byAngle(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = Math.PI / 180
  const direction = (lat: number, lon: number) => [
    Math.cos(lat * rad) * Math.cos(lon * rad),
    Math.cos(lat * rad) * Math.sin(lon * rad),
    Math.sin(lat * rad),
  ]
  const [a, b] = [direction(lat1, lon1), direction(lat2, lon2)]
  const [ax = 0, ay = 0, az = 0] = a
  const [bx = 0, by = 0, bz = 0] = b
  const sine = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
  return 6371.0088 * Math.atan2(sine, ax * bx + ay * by + az * bz)
}

test('distance is that of the angle, the same both ways, and never over half the globe', () => {
  const lat = fc.double({ min: -90, max: 90, noNaN: true })
  const lon = fc.double({ min: -180, max: 180, noNaN: true })
  fc.assert(
    fc.property(lat, lon, lat, lon, (lat1, lon1, lat2, lon2) => {
      const km = distance_km(lat1, lon1, lat2, lon2)
      assert.ok(Math.abs(km - byAngle(lat1, lon1, lat2, lon2)) < 0.001, `${km}`)
      assert.ok(Math.abs(km - distance_km(lat2, lon2, lat1, lon1)) < 1e-9)
      assert.ok(km >= 0 && km < 20_016)
    }),
    { seed: 42, numRuns: 2_000 },
  )
})

test('the cheap look at latitudes never shuts out a point that is near', () => {
  // KM_PER_DEGREE of geo.ts is below every real degree, so it can only let too much through.
  const lat = fc.double({ min: -89, max: 89, noNaN: true })
  fc.assert(
    fc.property(lat, fc.double({ min: -1, max: 1, noNaN: true }), (lat1, apart) => {
      assert.ok(Math.abs(apart) * 110.5 <= distance_km(lat1, 10, lat1 + apart, 10) + 1e-9)
    }),
    { seed: 43 },
  )
})
