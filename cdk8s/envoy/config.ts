/** envoy.yaml: the whole edge. TLS ends at the load balancer before it; the edge speaks HTTP/1.1 and h2. */
import { PORTS } from '@flightplan/contract/infra.ts'
import { DEFAULT_LIMITS } from '@flightplan/runtime/http/server.ts'
import type { World } from '../world.ts'
import { bidCluster, noticeCluster, traceCluster } from './clusters.ts'
import { bidRoute, NOTICE_ROUTE, RATE_LIMIT } from './routes.ts'

const typed = (name: string, type: string, rest: object = {}) => ({
  name,
  typed_config: { '@type': `type.googleapis.com/${type}`, ...rest },
})
const listenOn = (port_value: number) => ({ socket_address: { address: '0.0.0.0', port_value } })

/** Each worker of a bidder would take a gigabyte; a slow client gets as long as a bidder gives it. */
const REQUEST_S = DEFAULT_LIMITS.request_ms / 1000

export function envoyConfig(world: World): object {
  const { exchanges } = world
  return {
    admin: { address: listenOn(PORTS.edgeAdmin) },
    static_resources: {
      listeners: [
        {
          name: 'edge',
          address: listenOn(PORTS.edge),
          per_connection_buffer_limit_bytes: DEFAULT_LIMITS.inflated_bytes,
          filter_chains: [{ filters: [connectionManager(world)] }],
        },
      ],
      clusters: [...exchanges.map(({ exchange }) => bidCluster(world, exchange)), noticeCluster(), traceCluster()],
    },
  }
}

function connectionManager(world: World): object {
  const { traces } = world.environment
  return typed(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      ...{ stat_prefix: 'edge', codec_type: 'AUTO', use_remote_address: true, server_name: 'flightplan' },
      ...{ normalize_path: true, merge_slashes: false, path_with_escaped_slashes_action: 'REJECT_REQUEST' },
      request_headers_timeout: `${REQUEST_S}s`,
      request_timeout: `${REQUEST_S}s`,
      stream_idle_timeout: `${2 * REQUEST_S}s`,
      drain_timeout: '5s',
      max_request_headers_kb: Math.floor(DEFAULT_LIMITS.head_bytes / 1024),
      common_http_protocol_options: { idle_timeout: '300s', headers_with_underscores_action: 'REJECT_REQUEST' },
      http2_protocol_options: { max_concurrent_streams: 256 },
      route_config: {
        name: 'edge',
        virtual_hosts: [
          {
            ...{ name: 'edge', domains: ['*'] },
            routes: [...world.exchanges.map(exchange => bidRoute(world, exchange)), NOTICE_ROUTE],
          },
        ],
      },
      http_filters: [
        typed(RATE_LIMIT, 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', { stat_prefix: 'edge' }),
        // Whole bodies only, so that a slow client holds the edge and not a bidder, which takes no chunked ones.
        typed('envoy.filters.http.buffer', 'envoy.extensions.filters.http.buffer.v3.Buffer', {
          max_request_bytes: DEFAULT_LIMITS.body_bytes,
        }),
        typed('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router'),
      ],
      local_reply_config: { mappers: [NO_BID] },
      tracing: {
        random_sampling: { value: traces.head_percent },
        provider: typed('envoy.tracers.opentelemetry', 'envoy.config.trace.v3.OpenTelemetryConfig', {
          service_name: 'edge',
          grpc_service: { envoy_grpc: { cluster_name: 'otel-collector' }, timeout: '0.25s' },
        }),
      },
      access_log: [ACCESS_LOG],
    },
  )
}

/** A bidder that is away, late or full is a no-bid: an exchange throttles those that answer 5xx. */
const NO_BID = {
  filter: {
    and_filter: {
      filters: [
        { response_flag_filter: { flags: ['UH', 'UF', 'UO', 'UT', 'UC', 'UR', 'LR', 'NC'] } },
        { header_filter: { header: { name: ':path', string_match: { prefix: '/openrtb2/' } } } },
      ],
    },
  },
  status_code: 204,
  body: { inline_string: '' },
}

const ACCESS_LOG = typed('envoy.access_loggers.stdout', 'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
  log_format: {
    json_format: {
      at: '%START_TIME%',
      exchange: '%ROUTE_NAME%',
      method: '%REQ(:METHOD)%',
      path: '%PATH(NQ)%',
      status: '%RESPONSE_CODE%',
      flags: '%RESPONSE_FLAGS%',
      duration_ms: '%DURATION%',
      upstream: '%UPSTREAM_HOST%',
      request_bytes: '%BYTES_RECEIVED%',
      response_bytes: '%BYTES_SENT%',
      trace: '%TRACE_ID%',
    },
  },
})
