/** From a typed manifest to an object of a chart. */
import { ApiObject, type Chart } from 'cdk8s'

export interface Manifest {
  apiVersion: string
  kind: string
  metadata?: object
}
/** Of an operator; the tests hold its spec against the CRD. */
export interface CustomResource extends Manifest {
  metadata: { name: string; labels?: Record<string, string> }
  spec: object
}

export function add<T extends Manifest>(chart: Chart, manifest: T & { metadata: { name: string } }): void {
  new ApiObject(chart, `${manifest.kind}-${manifest.metadata.name}`, manifest)
}

export const labelsOf = (app: string) => ({ 'app.kubernetes.io/name': app, 'app.kubernetes.io/part-of': 'flightplan' })
export const selectorOf = (app: string) => ({ matchLabels: { 'app.kubernetes.io/name': app } })

export function configMap(
  chart: Chart,
  name: string,
  data: Record<string, string>,
  labels: Record<string, string> = {},
) {
  add(chart, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { ...labelsOf(name), ...labels } },
    data,
  })
}
