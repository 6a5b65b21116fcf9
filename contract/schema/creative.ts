/** What is shown. One file serves one format. */
import Type, { type Static } from 'typebox'
import { exactlyOne, listOf, object, optional, words } from './build.ts'
import { Category, Domain, Duration, Id, Language, LocalTime, Mime, Name, Positive, Ref, Size, Url } from './scalars.ts'
import { APIS, CREATIVE_ATTRIBUTES, wordsOf } from './values.ts'

const Pixels = (description: string) => Positive(description, 20_000)
const Image = object({ url: Url('Image URL.'), w: Pixels('Width.'), h: Pixels('Height.') })
const Apis = optional(listOf(words(wordsOf(APIS)), 'API frameworks that the markup needs.'))

const Banner = object(
  {
    size: Size('Width x height.'),
    type: words(['html', 'image', 'third_party_tag'], 'html and third_party_tag need `tag`, image needs `image`.'),
    image: optional(Url('Image URL, for type image.')),
    alt: optional(Name('Alternative text of the image.')),
    api: Apis,
  },
  'A banner.',
)
export type BannerCreative = Static<typeof Banner>

const VideoFile = object({
  url: Url('Media URL.'),
  mime: Mime('Such as video/mp4.'),
  w: Pixels('Width.'),
  h: Pixels('Height.'),
  bitrate_kbps: optional(Positive('Bit rate.', 1_000_000)),
  delivery: optional(words(['progressive', 'streaming'], 'Default: progressive.')),
})
const AudioFile = object({
  url: Url('Media URL.'),
  mime: Mime('Such as audio/mpeg.'),
  bitrate_kbps: optional(Positive('Bit rate.', 1_000_000)),
  delivery: optional(words(['progressive', 'streaming'], 'Default: progressive.')),
})
export type MediaFile = Static<typeof VideoFile> | Static<typeof AudioFile>
export const VAST_VERSIONS = ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'] as const
const Vast = words(VAST_VERSIONS, 'VAST version of the markup, quoted. Default: "3.0".')
const Mimes = optional(listOf(Mime('Such as video/mp4.'), 'MIME types behind a vast_tag, for matching the slot.'))
const Length = Duration('Length of the ad, whole seconds, such as 20s.')

const Video = exactlyOne(
  {
    media: listOf(VideoFile, 'Media files: we write the VAST.'),
    vast_tag: Url('URL of a VAST document: we write a wrapper.'),
  },
  {
    duration: Length,
    vast: optional(Vast),
    mimes: Mimes,
    size: optional(Size('Width x height behind a vast_tag.')),
    api: Apis,
    skippable: optional(Type.Boolean({ description: 'Whether the ad itself can be skipped. Default: false.' })),
    skip_after: optional(Duration('When the skip button appears. Default: 5s.')),
  },
  {
    description: 'A video ad.',
    needs: { mimes: ['vast_tag'], size: ['vast_tag'], skip_after: ['skippable'] },
  },
)
export type VideoCreative = Static<typeof Video>

const Audio = exactlyOne(
  {
    media: listOf(AudioFile, 'Media files: we write the VAST.'),
    vast_tag: Url('URL of a VAST document: we write a wrapper.'),
  },
  { duration: Length, vast: optional(Vast), mimes: Mimes, api: Apis },
  { description: 'An audio ad.', needs: { mimes: ['vast_tag'] } },
)
export type AudioCreative = Static<typeof Audio>

const Line = (description: string) => Name(description)
const Native = object(
  {
    ver: optional(words(['1.1', '1.2'], 'Version of the native markup, quoted. Default: "1.2".')),
    title: Line('Title; cut to no length: a slot with a shorter limit is not bid on.'),
    body: optional(Line('Description (data type 2).')),
    body_long: optional(Line('Longer description (data type 10).')),
    cta: optional(Line('Call to action (data type 12).')),
    sponsored: optional(Line('Sponsored by (data type 1). Default: the brand of the advertiser.')),
    rating: optional(Line('Rating (data type 3).')),
    price: optional(Line('Price (data type 6).')),
    display_url: optional(Line('Shown URL (data type 11).')),
    images: object(
      { main: optional(Image), icon: optional(Image), logo: optional(Image) },
      'Images by role: main is image type 3, icon 1, logo 2.',
    ),
  },
  'A native ad.',
)
export type NativeCreative = Static<typeof Native>

const Omid = object({
  vendor: Domain('Vendor key.'),
  script: Url('Verification script.'),
  params: optional(Name('Verification parameters.')),
})

export const CreativeSchema = object(
  {
    creative: Id('Id of the creative.'),
    name: optional(Name()),
    advertiser: Ref('advertiser'),
    format: exactlyOne(
      { banner: Banner, video: Video, native: Native, audio: Audio },
      {},
      { description: 'Exactly one of banner, video, native and audio.' },
    ),
    tag: optional(
      Type.Unsafe<string>({
        type: 'string',
        minLength: 1,
        maxLength: 65_536,
        description:
          'Markup of a banner: HTML itself (it holds a <), or the path of an .html file next to this one. Macros such as CLICK_URL_ENC and CACHEBUSTER, each in braces after a dollar sign, are filled in.',
      }),
    ),
    landing_page: Url('Where a click leads; may hold macros such as EXCHANGE, in braces after a dollar sign.'),
    trackers: optional(
      object({
        impression: optional(listOf(Url('Pixel URL.'), 'Fired on the impression; may hold macros.')),
        click: optional(listOf(Url('Tracker URL.'), 'Fired on a click (video, audio and native).')),
        omid: optional(Omid),
      }),
    ),
    declares: optional(
      object(
        {
          attributes: optional(
            Type.Array(words(wordsOf(CREATIVE_ATTRIBUTES)), {
              uniqueItems: true,
              description: 'Creative attributes, judged against `battr`.',
            }),
          ),
          languages: optional(listOf(Language('Such as de.'), 'Languages, judged against `wlang`.')),
          categories: optional(listOf(Category('Such as IAB18-5.'), 'Categories. Default: the advertiser’s.')),
        },
        'What the creative declares to exchanges.',
      ),
    ),
    audit: optional(
      object({
        bid_while_pending: optional(listOf(Ref('exchange'), 'Exchanges where it bids before their verdict.')),
      }),
    ),
    active: optional(
      object(
        {
          from: optional(LocalTime('First minute, in the zone of each campaign.')),
          to: optional(LocalTime('Last minute, in the zone of each campaign.')),
        },
        'When it may be shown.',
      ),
    ),
  },
  'A creative.',
)
export type Creative = Static<typeof CreativeSchema>

/** Whether `tag` holds markup itself; otherwise it is a path. */
export const isInlineTag = (tag: string): boolean => tag.includes('<')
