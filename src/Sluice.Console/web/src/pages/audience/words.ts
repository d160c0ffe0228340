// The API's words as people read them.

export const idTypes = { COOKIE: 'devices', CROSS_DEVICE: 'people', DEVICE_ADVERTISING_ID: 'advertising ids' } as const

export const exportRestrictions = [
  { value: 'PII', label: 'may not be tied to personal data' },
  { value: 'ONSITE_PERSONALIZATION', label: 'may not personalise the own site' },
  { value: 'ONSITE_AD_TARGETING', label: 'may not target ads on the own site' },
  { value: 'OFFSITE_AD_TARGETING', label: 'may not target ads elsewhere' },
]

export const exportUses = [
  { value: 'PII', label: 'ties it to personal data' },
  { value: 'ONSITE_PERSONALIZATION', label: 'personalises the own site' },
  { value: 'ONSITE_AD_TARGETING', label: 'targets ads on the own site' },
  { value: 'OFFSITE_AD_TARGETING', label: 'targets ads elsewhere' },
]

export const traitTypes: Record<string, string> = {
  RULE_BASED_TRAIT: 'by rule',
  ON_BOARDED_TRAIT: 'onboarded',
  ALGO_TRAIT: 'by model',
  FOLDER_TRAIT: 'folder',
  ACTIVE_AUDIENCE_TRAIT: 'active audience',
  DATA_SOURCE_SYNCED_TRAIT: 'synced ids',
}

export const destinationTypes: Record<string, string> = { PUSH: 'URL', ADS: 'cookie', S2S: 'server to server' }

export const causes: Record<string, string> = { event: 'an event', expiry: 'time', ruleEdit: 'a changed rule', optOut: 'an opt-out', inactivity: 'inactivity', backfill: 'a backfill' }
