/** A native ad as assets by the numbers of OpenRTB Native 1.2. */
import type { NativeCreative as NativeYaml } from '@flightplan/contract/schema/creative.ts'
import type { NativeCreative } from '@flightplan/contract/snapshot.ts'
import type { CreativeNode } from '../../resolve/world.ts'

const IMAGE_TYPES = { icon: 1, logo: 2, main: 3 } as const
const DEFAULT_VERSION = '1.2'

export function nativeAssets({ file, advertiser }: CreativeNode): NativeCreative | null {
  const { format, trackers } = file.value
  const native = format.native
  if (!native) return null
  const images = (['icon', 'logo', 'main'] as const).flatMap(role => {
    const image = native.images[role]
    return image ? [{ type: IMAGE_TYPES[role], url: image.url, w: image.w, h: image.h }] : []
  })
  return {
    version: native.ver ?? DEFAULT_VERSION,
    title: native.title,
    images,
    data: dataOf(native, advertiser.value.brand ?? advertiser.value.name),
    impression_trackers: [...(trackers?.impression ?? [])],
    click_trackers: [...(trackers?.click ?? [])],
  }
}

function dataOf(native: NativeYaml, brand: string): NativeCreative['data'] {
  const all: [number, string | undefined][] = [
    [1, native.sponsored ?? brand],
    [2, native.body],
    [3, native.rating],
    [6, native.price],
    [10, native.body_long],
    [11, native.display_url],
    [12, native.cta],
  ]
  return all.flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }]))
}
