/**
 * Unique users that a campaign reaches, as far as the log knows users: expected over wins, since a user is reached who
 * sees at least one. Of the sampled auctions only: how often a user comes back outside of the sample, the log cannot say.
 */
export class Reach {
  /** By campaign and user: the probability that no bid has won so far. */
  readonly #missed: Map<string, number>[]
  readonly #known: Float64Array
  readonly #all: Float64Array

  constructor(campaigns: number) {
    this.#missed = Array.from({ length: campaigns }, () => new Map())
    this.#known = new Float64Array(campaigns)
    this.#all = new Float64Array(campaigns)
  }

  add(campaign: number, user: string | undefined, probability: number): void {
    this.#all[campaign]! += probability
    if (user === undefined) return
    this.#known[campaign]! += probability
    const missed = this.#missed[campaign]! // one for each campaign
    missed.set(user, (missed.get(user) ?? 1) * (1 - probability))
  }

  /** Expected users; null where no win is of a user that the log may know. */
  of(campaign: number): number | null {
    if (this.#known[campaign] === 0) return null
    let users = 0
    for (const missed of this.#missed[campaign]!.values()) users += 1 - missed
    return users
  }

  /** Share of wins that are of users whom the log knows. */
  share(campaign: number): number {
    const all = this.#all[campaign]!
    return all > 0 ? this.#known[campaign]! / all : 0
  }
}
