/** Where Envoy sends requests. One cluster per exchange, so that one exchange's flood leaves the others their share. */
import { PATHS, PORTS } from '@flightplan/contract/infra.ts'
import type { World } from '../world.ts'

/** Without host: the name of the Service. */
const BIDDER_HOST = 'bidder'

const address = (host: string, port: number) => ({ address: { socket_address: { address: host, port_value: port } } })
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

export const bidClusterOf = (exchange: string) => `bids_${exchange}`

export function bidCluster({ environment: { edge } }: World, exchange: string): object {
  const name = bidClusterOf(exchange)
  const endpoint = { ...address(BIDDER_HOST, PORTS.bidder), health_check_config: { port_value: PORTS.bidderAdmin } }
  return {
    ...{ name, type: 'STRICT_DNS', dns_refresh_rate: '1s', connect_timeout: '0.05s', lb_policy: 'LEAST_REQUEST' },
    ignore_health_on_host_removal: true,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        '@type': `type.googleapis.com/${HTTP_OPTIONS}`,
        // Below the bidder's 65 s: Envoy closes first, and no request meets a socket that closes.
        common_http_protocol_options: { idle_timeout: '60s' },
        explicit_http_config: { http_protocol_options: {} },
      },
    },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: edge.max_connections,
          max_pending_requests: edge.max_pending,
          max_requests: edge.max_connections,
          max_retries: 0,
        },
      ],
    },
    outlier_detection: {
      ...{ consecutive_5xx: 5, consecutive_gateway_failure: 3, interval: '1s', base_ejection_time: '5s' },
      max_ejection_percent: 50,
    },
    health_checks: [
      {
        ...{ timeout: '0.5s', interval: '1s', unhealthy_threshold: 1, healthy_threshold: 1, no_traffic_interval: '1s' },
        http_health_check: { path: PATHS.ready },
      },
    ],
  }
}

export function noticeCluster(): object {
  return plainCluster('notices', PORTS.notices)
}

/** Traces go by gRPC, which is HTTP/2. */
export function traceCluster(): object {
  const typed_extension_protocol_options = {
    [HTTP_OPTIONS]: {
      '@type': `type.googleapis.com/${HTTP_OPTIONS}`,
      explicit_http_config: { http2_protocol_options: {} },
    },
  }
  return { ...plainCluster('otel-collector', PORTS.otlp), typed_extension_protocol_options }
}

function plainCluster(name: string, port: number): object {
  return {
    ...{ name, type: 'STRICT_DNS', connect_timeout: '0.25s' },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: address(name, port) }] }] },
  }
}
