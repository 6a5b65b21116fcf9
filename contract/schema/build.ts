/**
 * Builders for the shapes that TypeBox has no word for. Each is one flat schema where a union would do: a union makes a
 * validator report the faults of every branch, a flat schema reports the one that is there.
 */
import Type, { type Static, type TObject, type TProperties, type TSchema, type TUnsafe } from 'typebox'

/** An object without further keys. */
export function object<P extends TProperties>(properties: P, description?: string): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })
}

export const optional = Type.Optional

/** One of a few words. */
export function words<const V extends readonly string[]>(values: V, description?: string): TUnsafe<V[number]> {
  return Type.Unsafe<V[number]>({ type: 'string', enum: values, ...(description === undefined ? {} : { description }) })
}

/** A list of scalars, at least one, none twice: an empty list would match nothing, which nobody means. */
export function listOf<S extends TSchema>(items: S, description?: string): TUnsafe<Static<S>[]> {
  const schema = { type: 'array', items, minItems: 1, uniqueItems: true }
  return Type.Unsafe<Static<S>[]>(description === undefined ? schema : { ...schema, description })
}

/** Keys chosen by people (ids), values of one shape. */
export function mapOf<S extends TSchema>(
  keys: { pattern: string },
  values: S,
  description: string,
): TUnsafe<Record<string, Static<S>>> {
  const names = { type: 'string', pattern: keys.pattern }
  return Type.Unsafe<Record<string, Static<S>>>({
    type: 'object',
    propertyNames: names,
    additionalProperties: values,
    minProperties: 1,
    description,
  })
}

type Choice<P extends TProperties, K extends keyof P> = {
  [C in K]: { [Key in C]: Static<P[Key]> } & { [Key in Exclude<K, C>]?: never }
}[K]

/**
 * An object that holds exactly one of the keys of `choices`, and any of `rest`.
 * Its type is a union that narrows by `'cpm' in bid` or `bid.cpm !== undefined`.
 */
export function exactlyOne<P extends TProperties, R extends TProperties>(
  choices: P,
  rest: R,
  options: { description: string; needs?: Record<string, string[]> },
): TUnsafe<Choice<P, keyof P> & Static<TObject<R>>> {
  const keys = Object.keys(choices)
  const required = Object.keys(rest).filter(key => !('~optional' in (rest[key] ?? {})))
  return Type.Unsafe<Choice<P, keyof P> & Static<TObject<R>>>({
    type: 'object',
    properties: { ...choices, ...rest },
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    oneOf: keys.map(key => ({ required: [key] })),
    ...(options.needs ? { dependentRequired: options.needs } : {}),
    description: options.description,
  })
}
