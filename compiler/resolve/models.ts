/** Which models a bid uses. */
import type { LineItem } from '@flightplan/contract/schema/line-item.ts'
import type { ValidFileOf } from '../validate.ts'
import { type Context, fail, find, placeIn } from './context.ts'
import { type CampaignNode, type Place, under } from './world.ts'

type Predicts = ValidFileOf<'model'>['value']['predicts']

export function modelsOf(
  context: Context,
  campaign: CampaignNode,
  { bid }: LineItem,
  place: Place,
  formats: ReadonlySet<string>,
): { ctrModel: string | null; cvrModel: string | null } {
  const at = under(place, 'bid')
  if (bid.cpm !== undefined) return { ctrModel: null, cvrModel: null }
  const click = bid.cpc === undefined ? bid.model_ctr : bid.model
  const ctrModel = modelFor(context, 'click', click, under(at, bid.cpc === undefined ? 'model_ctr' : 'model'), formats)
  if (bid.cpc !== undefined) return { ctrModel, cvrModel: null }
  checkConversion(context, campaign, bid.conversion, at)
  return { ctrModel, cvrModel: modelFor(context, 'conversion', bid.model_cvr, under(at, 'model_cvr'), formats) }
}

/** The one named, or the one that is the default of every format of the creatives. */
function modelFor(
  context: Context,
  predicts: Predicts,
  named: string | undefined,
  place: Place,
  formats: ReadonlySet<string>,
): string | null {
  if (named === undefined) return defaultModel(context, predicts, place, formats)
  const found = find(context, 'model', named, place)
  if (found && found.value.predicts !== predicts)
    fail(context, 'FP3027', place, `model ${named} predicts a ${found.value.predicts}, not a ${predicts}`, [
      { message: 'what it predicts', place: placeIn(found, 'predicts') },
    ])
  return found ? named : null
}

function defaultModel(context: Context, predicts: Predicts, place: Place, formats: ReadonlySet<string>): string | null {
  const fits = [...context.kinds.model.values()].filter(({ value }) => {
    const covered: readonly string[] = value.used_by?.formats ?? []
    return value.predicts === predicts && [...formats].every(format => covered.includes(format))
  })
  const [first, second] = fits
  if (first && !second) return first.id
  const key = String(place.path.at(-1))
  const fix = `name one with \`${key}\`, or list the formats under used_by of a model`
  const message = second
    ? `two ${predicts} models are the default of ${[...formats].join(' and ')}`
    : `no ${predicts} model is the default of ${[...formats].join(' and ')}`
  const also = fits.map(fit => ({ message: `model ${fit.id}`, place: placeIn(fit, 'used_by') }))
  fail(context, 'FP3027', place, message, also, fix)
  return null
}

function checkConversion(context: Context, campaign: CampaignNode, own: string | undefined, bid: Place): void {
  const goal = campaign.file.value.goal?.conversion
  if (own !== undefined) find(context, 'conversion', own, under(bid, 'conversion'))
  else if (goal === undefined)
    fail(
      context,
      'FP3026',
      under(bid, 'cpa'),
      'a cpa bid needs a conversion',
      [],
      'add `conversion` here, or goal.conversion to the campaign',
    )
}
