/** ClickHouse by Altinity's operator; the tables are `sql/clickhouse`, applied by the ingest process. */
import type { Chart } from 'cdk8s'
import { add, type CustomResource } from '../object.ts'
import type { World } from '../world.ts'

export const CLICKHOUSE = 'log'
const KEEPER = 'keeper'

export function clickhouse(chart: Chart, { environment: { clickhouse: size } }: World): void {
  const claim = (name: string, storage: string) => ({
    name,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  })
  add<CustomResource>(chart, {
    apiVersion: 'clickhouse-keeper.altinity.com/v1',
    kind: 'ClickHouseKeeperInstallation',
    metadata: { name: KEEPER },
    spec: {
      configuration: { clusters: [{ name: KEEPER, layout: { replicasCount: size.replicas > 1 ? 3 : 1 } }] },
      defaults: { templates: { dataVolumeClaimTemplate: 'data' } },
      templates: { volumeClaimTemplates: [claim('data', '10Gi')] },
    },
  })
  add<CustomResource>(chart, {
    apiVersion: 'clickhouse.altinity.com/v1',
    kind: 'ClickHouseInstallation',
    metadata: { name: CLICKHOUSE },
    spec: {
      configuration: {
        zookeeper: { nodes: [{ host: `keeper-${KEEPER}`, port: 2181 }] },
        clusters: [{ name: CLICKHOUSE, layout: { shardsCount: size.shards, replicasCount: size.replicas } }],
      },
      defaults: { templates: { dataVolumeClaimTemplate: 'data' } },
      templates: { volumeClaimTemplates: [claim('data', size.disk)] },
    },
  })
}
