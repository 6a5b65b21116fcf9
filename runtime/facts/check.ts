/** Small checks of untrusted JSON that say where a value is wrong. The runtime carries no schema validator. */
export interface FactsFault {
  /** `rates.per_unit.EUR` */
  path: string
  message: string
}

/** Adds to `faults` where the value is not what it should be. */
export type Check = (value: unknown, path: string, faults: FactsFault[]) => void

const no = (faults: FactsFault[], path: string, message: string) => void faults.push({ path, message })

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const text =
  (pattern: RegExp, what: string): Check =>
  (value, path, faults) => {
    if (typeof value !== 'string' || !pattern.test(value)) no(faults, path, `${show(value)} is not ${what}`)
  }

export const milliseconds: Check = (value, path, faults) => {
  if (!Number.isSafeInteger(value) || Number(value) < 0)
    no(faults, path, `${show(value)} is not milliseconds, an integer`)
}

export const oneOf =
  (...words: string[]): Check =>
  (value, path, faults) => {
    if (!words.some(word => word === value)) no(faults, path, `${show(value)} is none of ${words.join(', ')}`)
  }

export const listOf =
  (item: Check): Check =>
  (value, path, faults) => {
    if (Array.isArray(value)) for (const [i, one] of value.entries()) item(one, `${path}[${i}]`, faults)
    else no(faults, path, `${show(value)} is not a list`)
  }

export const mapOf =
  (item: Check, key: RegExp = /^/): Check =>
  (value, path, faults) => {
    if (!isObject(value)) return no(faults, path, `${show(value)} is not a map`)
    for (const [name, one] of Object.entries(value)) {
      if (!key.test(name)) no(faults, `${path}.${name}`, 'the key has the wrong form')
      item(one, `${path}.${name}`, faults)
    }
  }

/** Exactly these keys. */
export const record =
  (shape: Record<string, Check>): Check =>
  (value, path, faults) => {
    if (!isObject(value)) return no(faults, path || 'facts', `${show(value)} is not an object`)
    const at = (name: string) => (path ? `${path}.${name}` : name)
    for (const [name, check] of Object.entries(shape))
      if (Object.hasOwn(value, name)) check(value[name], at(name), faults)
      else no(faults, at(name), 'is missing')
    for (const name of Object.keys(value)) if (!Object.hasOwn(shape, name)) no(faults, at(name), 'is not known')
  }

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}
