/** The scalars that every kind uses. Numbers that are money or ids are text: the parser hands over what was written. */
import Type, { type TUnsafe } from 'typebox'

/** Schema of a text with a pattern; `what` completes "must be …" in diagnostics. */
export function text(pattern: string, what: string, description?: string): TUnsafe<string> & { pattern: string } {
  return Type.Unsafe<string>({
    type: 'string',
    pattern,
    what,
    ...(description === undefined ? {} : { description }),
  }) as TUnsafe<string> & { pattern: string } // Unsafe drops the type of its own options
}

/** A decimal written as a number or in quotes. It reaches the program as the text that was written, never as a float. */
function decimal(decimals: number, what: string, description: string): TUnsafe<string> {
  // whole units below 9,000,000 (MAX_UNITS of decimal.ts), so that parseNano of a valid file never fails
  const pattern = `^(0|[1-9][0-9]{0,5}|[1-8][0-9]{6})(\\.[0-9]{1,${decimals}})?$`
  return Type.Unsafe<string>({ type: ['string', 'number'], pattern, what, description })
}

/** Total money: up to 9 decimals (nano-units). Read with `parseNano` of contract/decimal.ts. */
export const Amount = (description: string) =>
  decimal(9, 'an amount such as 1200 or 0.80, not negative, with at most 9 decimals, below 9,000,000', description)
/** Money per thousand impressions: up to 6 decimals. Read with `parseCpmNano`. */
export const Cpm = (description: string) =>
  decimal(6, 'a price per thousand such as 4.50, not negative, with at most 6 decimals, below 9,000,000', description)
/** Units of money per one of something, as a rate: up to 9 decimals. */
export const Rate = (description: string) => decimal(9, 'a rate such as 1.08, with at most 9 decimals', description)

export const ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'
const ID_WHAT = 'an id: letters, digits, dots, dashes and underscores'
export const Id = (description: string) => text(ID_PATTERN, ID_WHAT, description)
/** An id of something in another file; the compiler checks that it exists. */
export const Ref = (kind: string, description?: string) =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: ID_PATTERN,
    what: ID_WHAT,
    ref: kind,
    description: description ?? `Id of ${kind}.`,
  })

export const Name = (description = 'What people call it; shown in explain and reports.') =>
  text('^[^\\x00-\\x1f]{1,200}$', 'one line of text, at most 200 characters', description)
export const Percent = (description: string) =>
  text('^(100|[1-9]?[0-9](\\.[0-9]{1,4})?)%$', 'a share such as 60%', description)
export const Duration = (description: string) =>
  text('^[1-9][0-9]{0,8}(ms|s|m|h|d)$', 'a duration such as 120ms, 20s, 5m, 12h or 30d', description)
export const LocalTime = (description: string) =>
  text(
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ([01][0-9]|2[0-3]):[0-5][0-9]$',
    'a quoted local time such as "2027-03-01 06:00"',
    description,
  )
export const LocalDate = (description: string) =>
  text('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', 'a quoted date such as "2027-03-01"', description)
export const Timezone = (description: string) =>
  text('^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$', 'an IANA time zone such as Europe/Berlin', description)
export const Currency = (description: string) => text('^[A-Z]{3}$', 'an ISO 4217 currency such as EUR', description)
export const Country = (description: string) =>
  text('^[A-Z]{2}$', 'an ISO 3166-1 country of two upper-case letters such as DE', description)
export const Language = (description: string) =>
  text('^[a-z]{2}$', 'an ISO 639-1 language of two lower-case letters such as de', description)
export const Domain = (description: string) =>
  text(
    '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z0-9]$',
    'a lower-case domain such as news.example, without https:// and path',
    description,
  )
/** https only: imps with `secure: 1` are most of the traffic, and mixed content does not load. Macros are allowed. */
export const Url = (description: string) => text('^https://[^\\s"<>]+$', 'a URL that begins with https://', description)
export const Size = (description: string) =>
  text('^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$', 'a size such as 300x250', description)
/** A file next to the YAML, or below its folder. */
export const FilePath = (description: string) =>
  text('^(?!/)(?!.*\\.\\./)(?!.*\\.\\.$)[^\\\\\\s]+$', 'a relative path below this folder', description)
export const Sha256 = (description: string) => text('^[0-9a-f]{64}$', '64 lower-case hexadecimal digits', description)
export const Mime = (description: string) => text('^[a-z]+/[a-z0-9.+-]+$', 'a MIME type such as video/mp4', description)
/** Category of a taxonomy: bare codes are Content Taxonomy 1.0; others carry its version, `2.2:` or `3.1:`. */
export const Category = (description: string) =>
  text(
    '^(IAB([1-9]|1[0-9]|2[0-6])(-([1-9]|[1-9][0-9]))?|(2\\.2|3\\.1):[A-Za-z0-9]+|product:[0-9]+)$',
    'an IAB category such as IAB18-5 (Content 1.0), "2.2:123", "3.1:123" or "product:1002" (Ad Product 2.0)',
    description,
  )
export const Positive = (description: string, maximum = 1_000_000_000) =>
  Type.Integer({ minimum: 1, maximum, description })
