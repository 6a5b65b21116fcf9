import { checkCategories } from './check-where.ts'
import { type Context, fail, find, placeIn } from './context.ts'
import { isLanguage } from './languages.ts'

export function checkAdvertisers(context: Context): void {
  for (const file of context.kinds.advertiser.values()) {
    checkCategories(context, file.value.categories, i => placeIn(file, 'categories', i))
    file.value.languages?.forEach((code, i) => {
      if (!isLanguage(code))
        fail(context, 'FP3024', placeIn(file, 'languages', i), `"${code}" is no language of ISO 639-1`)
    })
  }
  for (const file of context.kinds.conversion.values())
    find(context, 'advertiser', file.value.advertiser, placeIn(file, 'advertiser'))
}
