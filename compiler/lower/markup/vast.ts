/** VAST 2.0 to 4.3: inline for media of ours, a wrapper around a tag of somebody else's. */
import type { AudioCreative, Creative, VideoCreative } from '@flightplan/contract/schema/creative.ts'
import { duration_ms } from '@flightplan/engine/exchange.ts'
import type { CreativeNode } from '../../resolve/world.ts'
import { cdata, escapeMarkup } from './escape.ts'

/** The one that most players list. */
export const DEFAULT_VAST = '3.0'
const DEFAULT_SKIP = '5s'

type Media = VideoCreative | AudioCreative
type Inline = Media & { media: NonNullable<Media['media']> }

const element = (name: string, content: string, attributes = ''): string => `<${name}${attributes}>${content}</${name}>`

export function vastMarkup({ id, file, advertiser }: CreativeNode): string {
  const creative = file.value
  const media = creative.format.video ?? creative.format.audio
  if (!media) return ''
  const version = media.vast ?? DEFAULT_VAST
  const major = Number(version.slice(0, 1))
  const brand = advertiser.value.brand ?? advertiser.value.name
  const ad = isInline(media)
    ? inline(id, creative, media, Number(version), brand)
    : wrapper(creative, media.vast_tag ?? '', major)
  const adId = escapeMarkup(id)
  return `<?xml version="1.0" encoding="UTF-8"?>${element('VAST', element('Ad', ad, ` id="${adId}"`), ` version="${version}"`)}`
}

const isInline = (media: Media): media is Inline => media.media !== undefined

function inline(id: string, creative: Creative, media: Inline, version: number, brand: string): string {
  const major = Math.floor(version)
  const title = element('AdTitle', escapeMarkup(creative.name ?? id))
  // 4.x wants the ids of ad and creative in a registry of its own; "unknown" is the value that the standard names
  const universal = major >= 4 ? element('UniversalAdId', 'unknown', ' idRegistry="unknown"') : ''
  const skip = 'skippable' in media && media.skippable && major >= 3 ? skipOffset(media.skip_after) : ''
  const linear = element('Linear', duration(media) + clicks(creative) + mediaFiles(media, major), skip)
  const creatives = element('Creatives', element('Creative', universal + linear, ` id="${escapeMarkup(id)}"`))
  const advertiser = major >= 3 ? element('Advertiser', escapeMarkup(brand)) : ''
  // VAST 4.1 §3.4.1 asks for an id of this very serving
  const serving = version >= 4.1 ? element('AdServingId', '${AUCTION_ID_ENC}-${IMP_ID_ENC}') : ''
  const head = element('AdSystem', 'Flightplan') + title + impressions(creative) + serving + advertiser
  return element('InLine', head + verifications(creative, major) + creatives)
}

function wrapper(creative: Creative, tag: string, major: number): string {
  const linear = element('Linear', clicks(creative, 'wrapper'))
  const creatives = element('Creatives', element('Creative', linear))
  const head = element('AdSystem', 'Flightplan') + element('VASTAdTagURI', cdata(tag)) + impressions(creative)
  return element('Wrapper', head + creatives + verifications(creative, major))
}

/** Ours first: the exchange bills on it. */
function impressions(creative: Creative): string {
  const urls = ['${BILLING_URL}', ...(creative.trackers?.impression ?? [])]
  return urls.map(url => element('Impression', cdata(url))).join('')
}

/** A wrapper may only track: the landing page is that of the wrapped ad. */
function clicks(creative: Creative, form: 'inline' | 'wrapper' = 'inline'): string {
  const ours = form === 'inline' ? element('ClickThrough', cdata('${CLICK_URL}')) : tracking('${CLICK_URL}')
  return element('VideoClicks', ours + (creative.trackers?.click ?? []).map(tracking).join(''))
}

const tracking = (url: string): string => element('ClickTracking', cdata(url))

const duration = (media: Media): string => element('Duration', clock(duration_ms(media.duration)))
const skipOffset = (after: string = DEFAULT_SKIP): string => ` skipoffset="${clock(duration_ms(after))}"`

/** 90500 ms → `00:01:30.500`. */
function clock(ms: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const seconds = Math.floor(ms / 1000)
  const fraction = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`
}

function mediaFiles({ media }: Inline, major: number): string {
  const all: readonly Inline['media'][number][] = media
  const files = all.map(file => {
    const size = 'w' in file ? ` width="${file.w}" height="${file.h}"` : ' width="0" height="0"'
    const bitrate = file.bitrate_kbps === undefined ? '' : ` bitrate="${file.bitrate_kbps}"`
    const attributes = ` delivery="${file.delivery ?? 'progressive'}" type="${escapeMarkup(file.mime)}"${bitrate}${size}`
    return element('MediaFile', cdata(file.url), major === 2 ? attributes : `${attributes} scalable="true"`)
  })
  return element('MediaFiles', files.join(''))
}

/** Open Measurement; VAST 4.1 gave it its place, earlier players find it in the extension of the same form. */
function verifications(creative: Creative, major: number): string {
  const omid = creative.trackers?.omid
  if (!omid) return ''
  const script = element('JavaScriptResource', cdata(omid.script), ' apiFramework="omid" browserOptional="true"')
  const parameters = omid.params === undefined ? '' : element('VerificationParameters', cdata(omid.params))
  const verification = element('Verification', script + parameters, ` vendor="${escapeMarkup(omid.vendor)}"`)
  const list = element('AdVerifications', verification)
  return major >= 4 ? list : element('Extensions', element('Extension', list, ' type="AdVerifications"'))
}
