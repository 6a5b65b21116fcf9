import type { Dialect, ExchangeName, Kind } from './exchange-mix.ts'
import type { Random } from './random.ts'
import type { App, Publisher, Site } from './supply.ts'
import type { User } from './users.ts'

/** Where an ad would show. */
export type Place = { site: Site } | { app: App } | { screen: number }

/** All that was drawn before the request is written: who, where, on what, through which exchange, when. */
export type Scene = {
  random: Random
  exchange: ExchangeName
  dialect: Dialect
  kind: Kind
  user: User
  place: Place
  publisher: Publisher
  at_ms: number
  vendorId: number
}
