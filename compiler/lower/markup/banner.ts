/** HTML of a banner. Our billing pixel is the last piece: the engine leaves it out where the exchange bills otherwise. */
import type { CreativeNode } from '../../resolve/world.ts'
import { escapeMarkup } from './escape.ts'

const pixel = (url: string): string =>
  `<img src="${url}" width="1" height="1" alt="" style="position:absolute;visibility:hidden">`

export function bannerMarkup({ file, markup }: CreativeNode): string {
  const { format, trackers } = file.value
  const content = format.banner?.type === 'image' ? imageLink(format.banner) : (markup ?? '')
  const pixels = (trackers?.impression ?? []).map(url => pixel(escapeMarkup(url)))
  return [content, ...pixels, pixel('${BILLING_URL}')].join('')
}

function imageLink(banner: { size: string; image?: string; alt?: string }): string {
  const [w = '', h = ''] = banner.size.split('x')
  const source = escapeMarkup(banner.image ?? '')
  const alt = escapeMarkup(banner.alt ?? '')
  const image = `<img src="${source}" width="${w}" height="${h}" alt="${alt}" style="border:0;display:block">`
  return `<a href="\${CLICK_URL}" target="_blank" rel="noopener nofollow">${image}</a>`
}
