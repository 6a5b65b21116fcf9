/**
 * The United States sections of GPP: after Int(6) version come these fields in wire order, each Int(2), or a list of
 * `name:n` such values. Source: GPP repository, Sections/US-National and Sections/US-States.
 */
export interface UsSection {
  readonly id: number
  readonly name: string
  readonly core: string
  /** What a segment after the core holds: typed (1 = GPC), or the untyped sensitive data of the newest states. */
  readonly trailing: 'typed' | 'sensitive'
}

const NOTICES = 'SaleOptOutNotice TargetedAdvertisingOptOutNotice'
const OPT_OUTS = 'SaleOptOut TargetedAdvertisingOptOut'
const MSPA = 'MspaCoveredTransaction MspaOptOutOptionMode MspaServiceProviderMode'
const ADDITIONAL = 'AdditionalDataProcessingConsent'

/** `sensitive` and `child` may end in unused places, written as a field of their own. */
const nationalCore = (sensitive: string, child: string) =>
  `SharingNotice SaleOptOutNotice SharingOptOutNotice TargetedAdvertisingOptOutNotice \
SensitiveDataProcessingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut TargetedAdvertisingOptOut \
SensitiveDataProcessing:${sensitive} KnownChildSensitiveDataConsents:${child} PersonalDataConsents ${MSPA}`

const sharingState = (sensitive: number, child: number, extra = '') =>
  `SharingNotice ${NOTICES} ${OPT_OUTS} SensitiveDataProcessing:${sensitive} KnownChildSensitiveDataConsents:${child} \
${extra} ${MSPA}`

const processingState = (sensitive: number, child: number) =>
  `ProcessingNotice ${NOTICES} ${OPT_OUTS} SensitiveDataProcessing:${sensitive} \
KnownChildSensitiveDataConsents:${child} ${ADDITIONAL} ${MSPA}`

const mspaState = (child: string) =>
  `MspaCoveredTransaction MspaMode ProcessingNotice ${NOTICES} ${OPT_OUTS} ${child} ${ADDITIONAL}`

const CALIFORNIA = `SaleOptOutNotice SharingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut \
SensitiveDataProcessing:9 KnownChildSensitiveDataConsents:2 PersonalDataConsents ${MSPA}`
const UTAH = `SharingNotice ${NOTICES} SensitiveDataProcessingOptOutNotice ${OPT_OUTS} SensitiveDataProcessing:8 \
KnownChildSensitiveDataConsents ${MSPA}`
const IOWA = `ProcessingNotice ${NOTICES} SensitiveDataOptOutNotice ${OPT_OUTS} SensitiveDataProcessing:8 \
KnownChildSensitiveDataConsents ${MSPA}`
const CHILD = 'KnownChildSensitiveDataConsents'

/**
 * usnat grew from 12 and 2 values to 16 and 3. CMPs changed layout and version at different times, so the length of the
 * segment tells the layout; a string that still calls itself version 1 means nothing by the places added since.
 */
export const US_NATIONAL_SHORT: UsSection = { id: 7, name: 'usnat', core: nationalCore('12', '2'), trailing: 'typed' }
export const US_NATIONAL_LONG_V1: UsSection = {
  id: 7,
  name: 'usnat',
  core: nationalCore('12 Unused:4', '2 Unused:1'),
  trailing: 'typed',
}

export const US_SECTIONS: readonly UsSection[] = [
  { id: 7, name: 'usnat', core: nationalCore('16', '3'), trailing: 'typed' },
  { id: 8, name: 'usca', core: CALIFORNIA, trailing: 'typed' },
  { id: 9, name: 'usva', core: sharingState(8, 1), trailing: 'typed' },
  { id: 10, name: 'usco', core: sharingState(7, 1), trailing: 'typed' },
  { id: 11, name: 'usut', core: UTAH, trailing: 'typed' },
  { id: 12, name: 'usct', core: sharingState(8, 3), trailing: 'typed' },
  { id: 13, name: 'usfl', core: processingState(8, 3), trailing: 'typed' },
  { id: 14, name: 'usmt', core: sharingState(8, 3, ADDITIONAL), trailing: 'typed' },
  { id: 15, name: 'usor', core: processingState(11, 3), trailing: 'typed' },
  { id: 16, name: 'ustx', core: processingState(8, 1), trailing: 'typed' },
  { id: 17, name: 'usde', core: processingState(9, 5), trailing: 'typed' },
  { id: 18, name: 'usia', core: IOWA, trailing: 'typed' },
  { id: 19, name: 'usne', core: processingState(8, 1), trailing: 'typed' },
  { id: 20, name: 'usnh', core: processingState(8, 3), trailing: 'typed' },
  { id: 21, name: 'usnj', core: processingState(10, 5), trailing: 'typed' },
  { id: 22, name: 'ustn', core: processingState(8, 1), trailing: 'typed' },
  { id: 23, name: 'usmn', core: processingState(8, 1), trailing: 'typed' },
  { id: 24, name: 'usmd', core: mspaState(''), trailing: 'typed' },
  { id: 25, name: 'usin', core: mspaState(CHILD), trailing: 'sensitive' },
  { id: 26, name: 'usky', core: mspaState(CHILD), trailing: 'sensitive' },
  { id: 27, name: 'usri', core: mspaState(CHILD), trailing: 'sensitive' },
]
