/** A Deployment that may be drained, spread and killed, and whose containers run as nobody on a read-only disk. */
import type { Chart } from 'cdk8s'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import type { IIoK8sApiCoreV1Container as Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from 'kubernetes-models/v1/PodSpec'
import { add, labelsOf, selectorOf } from './object.ts'

const NOBODY = 65_532

export const HARDENED: NonNullable<Container['securityContext']> = {
  ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, privileged: false },
  capabilities: { drop: ['ALL'] },
}
export const POD_SECURITY: NonNullable<PodSpec['securityContext']> = {
  ...{ runAsNonRoot: true, runAsUser: NOBODY, runAsGroup: NOBODY, fsGroup: NOBODY },
  seccompProfile: { type: 'RuntimeDefault' },
}

/** CPU is requested, not limited: a limit throttles in slices of 100 ms, longer than an auction. */
export const resources = (cpu: number, memory: string) => ({
  requests: { cpu: `${Math.round(cpu * 1000)}m`, memory },
  limits: { memory },
})

export interface Workload {
  app: string
  replicas: number
  container: Omit<Container, 'name' | 'securityContext'>
  volumes?: NonNullable<PodSpec['volumes']>
  /** The longest that it may take to end after SIGTERM. */
  grace_s: number
}

export function deployment(chart: Chart, { app, replicas, container, volumes = [], grace_s }: Workload): void {
  const spread = (topologyKey: string, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway') => ({
    ...{ maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: selectorOf(app) },
  })
  const manifest: IDeployment & { metadata: { name: string } } = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, labels: labelsOf(app) },
    spec: {
      replicas,
      selector: selectorOf(app),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      template: {
        metadata: { labels: labelsOf(app) },
        spec: {
          automountServiceAccountToken: false,
          securityContext: POD_SECURITY,
          terminationGracePeriodSeconds: grace_s,
          topologySpreadConstraints: [
            spread('topology.kubernetes.io/zone', 'ScheduleAnyway'),
            spread('kubernetes.io/hostname', 'ScheduleAnyway'),
          ],
          containers: [{ name: app, securityContext: HARDENED, ...container }],
          volumes,
        },
      },
    },
  }
  add(chart, manifest)
  const budget: IPodDisruptionBudget & { metadata: { name: string } } = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app, labels: labelsOf(app) },
    spec: { maxUnavailable: 1, selector: selectorOf(app) },
  }
  add(chart, budget)
}

/** @param inFlight average of a pod of this metric's sum, beside 60% of the CPU */
export function autoscaler(
  chart: Chart,
  app: string,
  { min, max }: { min: number; max: number },
  inFlight?: { metric: string; label: string; values: readonly string[]; average: number },
): void {
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }
  const load = inFlight && {
    type: 'External',
    external: {
      metric: {
        name: inFlight.metric,
        selector: { matchExpressions: [{ key: inFlight.label, operator: 'In', values: inFlight.values }] },
      },
      target: { type: 'AverageValue', averageValue: String(inFlight.average) },
    },
  }
  add(chart, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: app, labels: labelsOf(app) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app },
      ...{ minReplicas: min, maxReplicas: max, metrics: load ? [cpu, load] : [cpu] },
      // Traffic of exchanges falls for minutes at a time; a bidder that is gone needs seconds to load a release again.
      behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
    },
  })
}

/** Headless where Envoy is to see each pod. */
export function service(chart: Chart, app: string, ports: Record<string, number>, spec: object = {}, name = app): void {
  add(chart, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: labelsOf(app) },
    spec: {
      selector: selectorOf(app).matchLabels,
      ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: port })),
      ...spec,
    },
  })
}
