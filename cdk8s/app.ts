/** An environment → the text of its files. The same tree gives the same bytes. */
import { App, Chart } from 'cdk8s'
import { stringify } from 'yaml'
import { bidder } from './charts/bidder.ts'
import { clickhouse } from './charts/clickhouse.ts'
import { edge } from './charts/edge.ts'
import { flink } from './charts/flink.ts'
import { kafka } from './charts/kafka.ts'
import { network } from './charts/network.ts'
import { observe } from './charts/observe.ts'
import { postgres } from './charts/postgres.ts'
import { redis } from './charts/redis.ts'
import { secrets } from './charts/secrets.ts'
import type { Manifest } from './object.ts'
import type { World } from './world.ts'

const CHARTS: Record<string, (chart: Chart, world: World) => void> = {
  bidder,
  clickhouse,
  edge,
  flink,
  kafka,
  network,
  observe,
  postgres,
  redis,
  secrets,
}

/** File name → its objects, in the order of the charts. */
export function objectsOf(world: World): Map<string, Manifest[]> {
  const { namespace } = world.environment
  const app = new App()
  return new Map(
    Object.entries(CHARTS).map(([name, draw]) => {
      const chart = new Chart(app, name, { namespace, disableResourceNameHashes: true })
      draw(chart, world)
      return [`${name}.yaml`, chart.toJson()]
    }),
  )
}

export function synthesise(world: World): Map<string, string> {
  const text = (objects: Manifest[]) =>
    objects.map(object => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).join('---\n')
  return new Map(Array.from(objectsOf(world), ([file, objects]) => [file, text(objects)]))
}
