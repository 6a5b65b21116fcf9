/** Domains, bundles and publishers under one name. */
import Type, { type Static } from 'typebox'
import { listOf, optional, words } from './build.ts'
import { Domain, FilePath, Id, Name, text } from './scalars.ts'

const Bundle = text('^\\S{1,200}$', 'a bundle or store id', 'Such as com.example.game or 1207472156.')
const Publisher = text('^[A-Za-z0-9._-]+/\\S+$', 'exchange and publisher id such as alpha/4711')

const properties = {
  inventory_list: Id('Id of the list.'),
  name: optional(Name()),
  domains: optional(listOf(Domain('Such as news.example.'), 'Site domains; a subdomain matches its parent.')),
  bundles: optional(listOf(Bundle, 'App bundles or store ids.')),
  publishers: optional(listOf(Publisher, 'Publishers, per exchange.')),
  file: optional(FilePath('A text file with one entry a line; # begins a comment.')),
  of: optional(words(['domains', 'bundles', 'publishers'], 'What the lines of `file` are. Default: domains.')),
}
const Shape = Type.Object(properties)
export type InventoryList = Static<typeof Shape>
export const InventoryListSchema = Type.Unsafe<InventoryList>({
  type: 'object',
  properties,
  required: ['inventory_list'],
  additionalProperties: false,
  anyOf: ['domains', 'bundles', 'publishers', 'file'].map(key => ({ required: [key] })),
  dependentRequired: { of: ['file'] },
  description: 'An inventory list: at least one of domains, bundles, publishers and file.',
})
