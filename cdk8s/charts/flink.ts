/** One FlinkDeployment per job of `sql/flink`; without jobs there is nothing to run, and nothing is emitted. */
import type { Chart } from 'cdk8s'
import { add, type CustomResource, configMap } from '../object.ts'
import type { World } from '../world.ts'

export function flink(chart: Chart, { environment, sql }: World): void {
  const { registry, version, flink: size } = environment
  for (const [file, text] of sql.flink) {
    const name = `flink-${file.replace(/\.sql$/, '').replaceAll('_', '-')}`
    configMap(chart, name, { 'job.sql': text })
    const mount = { name: 'sql', mountPath: '/sql', readOnly: true }
    add<CustomResource>(chart, {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkDeployment',
      metadata: { name },
      spec: {
        image: `${registry}/flink:${version}`,
        flinkVersion: 'v2_0',
        serviceAccount: 'flink',
        flinkConfiguration: {
          'taskmanager.numberOfTaskSlots': String(size.slots),
          'execution.checkpointing.interval': '10s',
        },
        jobManager: { resource: { cpu: 1, memory: '1Gi' } },
        taskManager: { replicas: size.task_managers, resource: { cpu: 2, memory: '4Gi' } },
        podTemplate: {
          spec: {
            containers: [{ name: 'flink-main-container', volumeMounts: [mount] }],
            volumes: [{ name: 'sql', configMap: { name } }],
          },
        },
        job: {
          jarURI: 'local:///opt/flink/opt/flink-sql-gateway.jar',
          entryClass: 'org.apache.flink.table.runtime.application.SqlDriver',
          args: ['--scriptUri', 'file:///sql/job.sql'],
          ...{ parallelism: size.task_managers * size.slots, upgradeMode: 'savepoint' },
        },
      },
    })
  }
}
