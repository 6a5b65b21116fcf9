/** Which categories there are: IAB Tech Lab taxonomies (CC-BY 3.0), ids only. */
import { parentCategory } from '@flightplan/contract/taxonomy.ts'

/** Content 1.0: number of the last subcategory of IAB1 … IAB26. They have no gaps. */
const CONTENT_1 = [7, 23, 12, 11, 15, 9, 45, 18, 31, 9, 5, 3, 12, 8, 10, 7, 44, 6, 36, 27, 3, 4, 10, 0, 7, 4]

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))
/** By `cattax`: categories of the first tier; deeper ones have a parent in contract/taxonomy.ts. */
const TOPS: Readonly<Record<string, ReadonlySet<string>>> = {
  '6': words(`
1 42 52 123 132 150 186 201 210 223 239 274 286 324 338 379 391 422 432 441 453 464 473 483 552 596 640 653 680 v9i3On
MRkz4Q 1000 1010 1215 1022 1030 1219`),
  '9': words(`
150 1 42 52 123 80DV8O 380 381 132 JLBCU7 8VZQHL 186 201 210 SPSHQ5 223 239 1KXCLD 274 383 286 163 391 422 386 432 441
453 464 v9i3On 473 483 552 596 653 680 389`),
  '8': words(`
1001 1002 1008 1010 1049 1058 1075 1082 1088 1097 1123 1259 1262 1263 1291 1295 1315 1328 1335 1355 1361 1368 1371
1378 1396 1416 1419 1443 1448 1452 1460 1467 1473 1474 1482 1487 1494 1510 1519 1524 1529 1544 1551 1576`),
}

/** @param term `<cattax>:<id>` of a taxonomy that YAML can name */
export function isCategory(term: string): boolean {
  const [taxonomy = '', id = ''] = term.split(':')
  if (taxonomy !== '1') return parentCategory(term) !== null || (TOPS[taxonomy]?.has(id) ?? false)
  const [tier = '', sub = '0'] = id.slice('IAB'.length).split('-')
  return Number(sub) <= (CONTENT_1[Number(tier) - 1] ?? -1)
}
