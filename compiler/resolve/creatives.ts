/** Creatives: their files, markup and macros. */
import { isInlineTag } from '@flightplan/contract/schema/creative.ts'
import { INSECURE_URL } from '../lower/creatives.ts'
import type { ValidFileOf } from '../validate.ts'
import { checkDay } from './campaigns.ts'
import { checkCategories } from './check-where.ts'
import { type Context, fail, find, placeIn, warn } from './context.ts'
import { besides, sideText } from './side-files.ts'
import type { CreativeNode } from './world.ts'

type CreativeFile = ValidFileOf<'creative'>

export function resolveCreatives(context: Context): Map<string, CreativeNode> {
  const nodes = new Map<string, CreativeNode>()
  for (const file of context.kinds.creative.values()) {
    const advertiser = context.kinds.advertiser.get(file.value.advertiser)
    const tag = context.side.get(besides(file.file.path, file.value.tag ?? ''))?.blob_id
    const { node } = context.kept.creatives.of(
      context,
      file,
      known => known.node?.advertiser === advertiser && known.tag === tag,
      own => ({ node: resolveCreative(own, file), tag }),
    )
    if (node) nodes.set(file.id, node)
  }
  return nodes
}

function resolveCreative(context: Context, file: CreativeFile): CreativeNode | null {
  const advertiser = find(context, 'advertiser', file.value.advertiser, placeIn(file, 'advertiser'))
  const markup = markupOf(context, file)
  checkContent(context, file)
  checkMimes(context, file)
  checkDetails(context, file)
  if (markup !== null) checkMarkup(context, file, markup)
  return advertiser && { id: file.id, file, advertiser, markup }
}

/** Inline HTML, or the text of the file that `tag` names. */
function markupOf(context: Context, file: CreativeFile): string | null {
  const { tag } = file.value
  if (tag === undefined || isInlineTag(tag)) return tag ?? null
  const text = sideText(context, file.file.path, tag)
  if (text === null)
    fail(
      context,
      'FP3020',
      placeIn(file, 'tag'),
      `there is no file ${besides(file.file.path, tag)}`,
      [],
      'add it, or write the HTML here',
    )
  return text
}

/** Each type of banner needs its content; a creative that is no banner has no use for `tag`. */
function checkContent(context: Context, file: CreativeFile): void {
  const { format, tag } = file.value
  const { banner } = format
  if (!banner) {
    if (tag !== undefined)
      fail(
        context,
        'FP3023',
        placeIn(file, 'tag'),
        'only a banner has a `tag`',
        [],
        'remove it; video and audio have `vast_tag`',
      )
    return
  }
  const at = placeIn(file, 'format', 'banner', 'type')
  if (banner.type === 'image' && banner.image === undefined)
    fail(context, 'FP3023', at, 'a banner of type image needs `image`', [], 'add `image: https://…`')
  if (banner.type !== 'image' && tag === undefined)
    fail(context, 'FP3023', at, `a banner of type ${banner.type} needs \`tag\``, [], 'add `tag: <file>.html`')
}

/** Media files say their types; behind a tag nobody can see them. */
function checkMimes(context: Context, file: CreativeFile): void {
  for (const format of ['video', 'audio'] as const) {
    const media = file.value.format[format]
    if (media?.vast_tag === undefined || media.mimes !== undefined) continue
    const example = format === 'video' ? 'video/mp4' : 'audio/mpeg'
    const message = `nothing says which media types the ${format} tag returns: it fits only slots that play any type`
    warn(context, 'FP3034', placeIn(file, 'format', format, 'vast_tag'), message, [], `add \`mimes: [${example}]\``)
  }
}

function checkDetails(context: Context, file: CreativeFile): void {
  const { active, audit, declares } = file.value
  checkCategories(context, declares?.categories ?? [], i => placeIn(file, 'declares', 'categories', i))
  for (const [i, id] of (audit?.bid_while_pending ?? []).entries())
    find(context, 'exchange', id, placeIn(file, 'audit', 'bid_while_pending', i))
  const from = active?.from
  const to = active?.to
  const days =
    (from === undefined || checkDay(context, from, placeIn(file, 'active', 'from'))) &&
    (to === undefined || checkDay(context, to, placeIn(file, 'active', 'to')))
  if (days && from !== undefined && to !== undefined && to < from)
    fail(context, 'FP3006', placeIn(file, 'active', 'to'), 'the creative ends before it starts', [
      { message: 'its start', place: placeIn(file, 'active', 'from') },
    ])
}

/** A plain click macro right behind `?name=` is a URL inside of a URL: its own `?` and `&` would end the parameter. */
const UNESCAPED_CLICK = /[?&;][\w.~%-]*=\$\{CLICK_URL\}/
const HOW_TO_CLICK = 'put `${CLICK_URL}` where the link goes, or `${CLICK_URL_ENC}` in the parameter of an ad server'

function checkMarkup(context: Context, file: CreativeFile, markup: string): void {
  const at = placeIn(file, 'tag')
  if (!/\$\{CLICK_URL(_ENC)?\}/.test(markup))
    fail(context, 'FP3004', at, 'the markup of the banner has no click macro', [], HOW_TO_CLICK)
  const unescaped = UNESCAPED_CLICK.exec(markup)
  if (unescaped) {
    const line = markup.slice(0, unescaped.index).split('\n').length
    fail(
      context,
      'FP3005',
      at,
      `line ${line} of the markup has \`\${CLICK_URL}\` inside of a URL`,
      [],
      'write `${CLICK_URL_ENC}` there',
    )
  }
  if (INSECURE_URL.test(markup))
    warn(
      context,
      'FP3030',
      at,
      'the markup loads something over http: it fits no imp that asks for https',
      [{ message: 'most exchanges ask for https (`imp.secure`); absent counts as yes' }],
      'use https:// throughout',
    )
}
