/** Domains as lists and blocks name them. */

/** `a.b.news.example` → itself and its parents down to two labels: a list of `news.example` covers its subdomains. */
export function domainAndParents(domain: string): string[] {
  if (domain === '') return []
  const out = [domain]
  let dot = domain.indexOf('.')
  while (dot >= 0 && domain.indexOf('.', dot + 1) >= 0) {
    out.push(domain.slice(dot + 1))
    dot = domain.indexOf('.', dot + 1)
  }
  return out
}

/** Publishers write domains in any case, with and without `www.`. */
export function plainDomain(domain: string): string {
  const lower = domain.trim().toLowerCase()
  return lower.startsWith('www.') ? lower.slice(4) : lower
}
