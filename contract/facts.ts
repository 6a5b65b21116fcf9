/**
 * Facts: what changes without a commit. They come on a channel of their own, are content-addressed, and each decision
 * names the digest of the facts that it used. A fact that is missing or stale fails in the direction said here.
 */
export interface Facts {
  /** sha256 of the canonical JSON without this field. */
  digest: string
  made_at_ms: number
  /** Units of `base` that one unit of the currency buys, as decimal text. Stale: no bid in that currency. */
  rates: { base: string; at_ms: number; max_age_ms: number; source: string; per_unit: Record<string, string> }
  /** Verdict of an exchange on a creative: `exchange → creative id → verdict`. Absent: pending. */
  audits: Record<string, Record<string, 'approved' | 'pending' | 'rejected'>>
  /** Deals that an exchange has paused or ended: `<exchange>/<deal id>` → state. Absent: open. */
  deals: Record<string, 'open' | 'paused' | 'ended'>
  /**
   * Who may sell a domain or bundle: `domain or bundle → ["asi/sid", …]`. A publisher that is not listed has no
   * ads.txt known: allowed where the policy says so.
   */
  sellers: Record<string, string[]>
  /** IPv4/IPv6 prefixes in CIDR form and user agent parts of invalid traffic. */
  invalid_traffic: { networks: string[]; agents: string[] }
}
