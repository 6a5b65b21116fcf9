import { base64url, field, type Groups, int, intRange } from './bit-writer.ts'

export interface VendorList {
  readonly maxId: number
  readonly groups: Groups
  readonly asRange: boolean
}

export interface Restriction {
  readonly purpose: number
  readonly type: number
  readonly groups: Groups
}

export interface TcfModel {
  readonly version: number
  readonly created_ds: number
  readonly lastUpdated_ds: number
  readonly cmpId: number
  readonly policyVersion: number
  readonly isServiceSpecific: boolean
  readonly specialFeatures: readonly number[]
  readonly purposes: readonly number[]
  readonly interests: readonly number[]
  readonly purposeOneTreatment: boolean
  readonly country: string
  readonly consents: VendorList
  readonly legitimate: VendorList
  readonly restrictions: readonly Restriction[]
  readonly disclosed: VendorList | null
}

export const NOBODY: VendorList = { maxId: 0, groups: [], asRange: false }

/** Nothing is permitted; tests spread it and grant what they need. */
export const REFUSAL: TcfModel = {
  version: 2,
  created_ds: 16_000_000_000,
  lastUpdated_ds: 16_000_000_001,
  cmpId: 31,
  policyVersion: 4,
  isServiceSpecific: true,
  specialFeatures: [],
  purposes: [],
  interests: [],
  purposeOneTreatment: false,
  country: 'DE',
  consents: NOBODY,
  legitimate: NOBODY,
  restrictions: [],
  disclosed: null,
}

export const listHas = (list: VendorList, id: number): boolean =>
  list.groups.some(([first, last]) => id >= first && id <= last)

const letters = (text: string): string => [...text].map(letter => int(letter.charCodeAt(0) - 65, 6)).join('')
const flag = (value: boolean): string => (value ? '1' : '0')

function vendorList(list: VendorList): string {
  if (list.asRange) return `${int(list.maxId, 16)}1${intRange(list.groups)}`
  const ids = Array.from({ length: list.maxId }, (_, at) => at + 1).filter(id => listHas(list, id))
  return `${int(list.maxId, 16)}0${field(ids, list.maxId)}`
}

/** The bits of a core segment, unpadded. */
export function coreBits(model: TcfModel): string {
  return [
    int(model.version, 6),
    int(model.created_ds, 36),
    int(model.lastUpdated_ds, 36),
    int(model.cmpId, 12),
    int(7, 12) + int(1, 6) + letters('EN') + int(99, 12),
    int(model.policyVersion, 6),
    `${flag(model.isServiceSpecific)}0`,
    field(model.specialFeatures, 12),
    field(model.purposes, 24),
    field(model.interests, 24),
    flag(model.purposeOneTreatment),
    letters(model.country),
    vendorList(model.consents),
    vendorList(model.legitimate),
    int(model.restrictions.length, 12),
    ...model.restrictions.map(({ purpose, type, groups }) => int(purpose, 6) + int(type, 2) + intRange(groups)),
  ].join('')
}

export const disclosedSegment = (list: VendorList): string => base64url(int(1, 3) + vendorList(list))

/** A publisher purposes segment (type 3) that says nothing. */
export const PUBLISHER_SEGMENT: string = base64url(int(3, 3) + int(0, 24) + int(0, 24) + int(0, 6))

export function encodeTcf(model: TcfModel): string {
  const core = base64url(coreBits(model))
  return model.disclosed === null ? core : `${core}.${disclosedSegment(model.disclosed)}`
}
