/** What an SSP integration engineer fills in for one exchange. */
import Type, { type Static } from 'typebox'
import { listOf, mapOf, object, optional, words } from './build.ts'
import { Currency, Duration, ID_PATTERN, Id, Name, Positive, Timezone, text } from './scalars.ts'

/** How requests of an exchange differ from the specification. */
export const QUIRKS = {
  banner_wh_is_a_format: 'banner.w/h is one more allowed size beside banner.format',
  unsized_banner_uses_device: 'a banner without any size has the size of the screen',
} as const
export type Quirk = keyof typeof QUIRKS

const Seat = text('^\\S{1,64}$', 'a seat id')
const Secret = text('^secret://[a-z0-9_-]+(/[a-z0-9_-]+)+$', 'a reference such as secret://alpha/e_key')
const BILL_ON = ['pixel', 'burl', 'vast_impression', 'imptracker'] as const
const BILLED = ['banner', 'app_banner', 'video', 'native', 'audio'] as const
/** What every bid has (`w`, `h`: of a banner; `dur`: of video and audio): an exchange may insist on these. */
export const BID_FIELDS = ['adomain', 'crid', 'cid', 'cat', 'mtype', 'w', 'h', 'dur'] as const

const keysOf = <T extends Record<string, string>>(table: T) => Object.keys(table) as (keyof T & string)[] // literal's keys

export const ExchangeSchema = object(
  {
    exchange: Id('Id of the exchange: the last part of POST /openrtb2/{exchange}, and the name of this file.'),
    name: optional(Name()),
    status: words(
      ['test', 'live', 'stopped'],
      'test: bids as usual, and nothing is charged or billable; stopped: no bid.',
    ),
    protocol: optional(
      object({
        openrtb: optional(
          words(['2.6'], 'Version of the answers, quoted. Requests may be 2.5 or 2.6. Default: "2.6".'),
        ),
        encoding: optional(words(['json'], 'Default: json.')),
        gzip: optional(
          listOf(
            words(['response']),
            'What may be packed, where the request accepts it. Packed requests are always taken.',
          ),
        ),
        no_bid: optional(
          Type.Unsafe<200 | 204>({
            type: 'integer',
            enum: [200, 204],
            description: 'Status of a no-bid. Default: 204.',
          }),
        ),
      }),
    ),
    seats: optional(mapOf({ pattern: ID_PATTERN }, Seat, 'Our seat per advertiser id.')),
    default_seat: Seat,
    currencies: object({
      request: listOf(Currency('Such as USD.'), 'Currencies that its requests name.'),
      bid: Currency('Currency of our bids where the request allows it.'),
    }),
    deadline: optional(
      object(
        {
          default: optional(Duration('When a request has no tmax. Default: 100ms.')),
          network: optional(Duration('Taken off for the way back. Default: 20ms.')),
          headroom: optional(Duration('Taken off for our own jitter. Default: 5ms.')),
        },
        'tmax less network and headroom is the time that we have.',
      ),
    ),
    capacity: optional(
      object({
        max_qps: Positive('Requests a second and process; more are answered with a no-bid at once.', 10_000_000),
        shed: optional(
          words(['random'], 'Which are shed: those that come while the limit is reached. Default: random.'),
        ),
      }),
    ),
    price: object({
      macro: optional(
        text(
          '^\\$\\{AUCTION_PRICE(:[A-Za-z0-9_]+)?\\}$',
          'AUCTION_PRICE, or AUCTION_PRICE:CODEC, in braces after a dollar sign',
          'The price macro of its markup and notices. Default: AUCTION_PRICE, in braces after a dollar sign.',
        ),
      ),
      codec: words(['plain', 'hmac-sha1-28'], 'How the price in notices is encrypted.'),
      unit: words(['cpm', 'cpm_micros', 'cpi_micros'], 'Unit of the price in notices.'),
      keys: optional(object({ encryption: Secret, integrity: Secret }, 'Keys of the codec, as secrets.')),
    }),
    notices: object({
      bill_on: Type.Unsafe<{ [F in (typeof BILLED)[number]]?: (typeof BILL_ON)[number] }>({
        type: 'object',
        properties: Object.fromEntries(BILLED.map(format => [format, words(BILL_ON)])),
        additionalProperties: false,
        minProperties: 1,
        description: 'What makes an impression billable, per format. app_banner: banners in apps, default as banner.',
      }),
      win: optional(words(['none', 'informational'], 'Whether nurl is sent. Default: none.')),
      loss: optional(Type.Boolean({ description: 'Whether lurl is sent. Default: false.' })),
    }),
    ids: optional(
      object({ user: words(['buyeruid', 'id', 'ifa'], 'The id by which our profile store knows its users.') }),
    ),
    requires: optional(
      object({
        bid: optional(
          listOf(words(BID_FIELDS), 'Optional bid fields that it insists on, of those that all our bids have.'),
        ),
        dsa: optional(words(['when_asked', 'always', 'never'], 'When a DSA statement is sent. Default: when_asked.')),
      }),
    ),
    audit: optional(
      words(
        ['none', 'before_bid', 'after_first_bid'],
        'When it must approve a creative: never, before we bid with it, or after the first bid. Default: none.',
      ),
    ),
    quirks: optional(listOf(words(keysOf(QUIRKS)), 'How its requests differ from the specification.')),
    timezone: optional(Timezone('Zone of users whose zone is not known otherwise. Default: UTC.')),
  },
  'An exchange.',
)
export type Exchange = Static<typeof ExchangeSchema>
