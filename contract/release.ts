/**
 * A release: one immutable, content-addressed, signed build, a directory of files.
 *
 * ```
 * manifest.json      {@link Manifest}; its sha256 is the release digest
 * manifest.sig       Ed25519 signature of manifest.json's bytes, base64, with the key id: `<key id> <base64>\n`
 * bundle.tar.gz      the request policy as an OPA bundle, revision: the digest; like manifest.sig not listed
 * snapshot.bin       contract/snapshot.ts
 * golden.ndjson      {@link GoldenAuction} per line: the loader must decide each the same way
 * policy.wasm        request policies and rules, one entrypoint; policy.json beside it ({@link PolicyMeta})
 * debug.json         contract/debug.ts: predicate → file:line:col; not part of the snapshot digest
 * models/<id>.onnx   models that are run, not lowered
 * ```
 * A channel directory holds releases by digest and `current`, a file with the digest of the one to serve
 * (written by temp file + rename).
 */
export const RELEASE_FORMAT = 1

export interface Manifest {
  format: number
  /** Commit that it was built from, and the Git tree; empty outside of Git. */
  commit: string
  tree: string
  /** When, by `--now` (default: the commit's time). */
  built_at_ms: number
  compiler: string
  min_runtime: string
  /** sha256 and size of every other file of the release, by name, sorted. */
  files: Record<string, { sha256: string; bytes: number }>
  counts: Record<string, number>
}

export interface GoldenAuction {
  exchange: string
  now_ms: number
  seed: number
  request: unknown
  /** Bids as `impid → line item id, creative id, price in nano of the bid currency`, or the reason of no bid. */
  expect: {
    bids: { impid: string; line_item: string; creative: string; price_nano: number; deal: string | null }[]
    reason: string | null
  }
}

export interface PolicyMeta {
  /** Hash of the Rego sources and of the generated entrypoint. */
  sources_sha256: string
  entrypoint: string
  /** Input paths that the policy reads, e.g. `privacy.gdpr`, `geo.country`. */
  reads: string[]
  /** Rules that may be named in YAML. */
  rules: string[]
}

/** [file index, line, col], 1-based. */
export type DebugSpot = [number, number, number]
/** What debug.json says, as contract/debug.ts reads it. */
export interface DebugMap {
  commit: string
  files: string[]
  /** By predicate id. `text`: the leaf as people wrote it, `geo.country: [DE, AT]`. */
  predicates: { at: DebugSpot; text: string }[]
  line_items: DebugSpot[]
  creatives: DebugSpot[]
  campaigns: DebugSpot[]
}
