/** Who answers for a file: CODEOWNERS is made of it, and admission policies ask for their approval. */
import Type from 'typebox'

const PATTERN = '^(@[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?|[^@\\s#]+@[^@\\s#]+\\.[^@\\s#]+)$'
const WHAT = 'an owner such as @name, @organisation/team or jana@agency.example'

/** One owner or several. */
export const Owner = Type.Unsafe<string | string[]>({
  type: ['string', 'array'],
  pattern: PATTERN,
  what: WHAT,
  items: { type: 'string', pattern: PATTERN, what: WHAT },
  minItems: 1,
  uniqueItems: true,
  description:
    'Who must agree to a change: @name, @organisation/team or an address. `flight owners` writes CODEOWNERS.',
})

/** As a list; none: empty. */
export const ownersOf = (owner: string | string[] | undefined): string[] => (owner === undefined ? [] : [owner].flat())
