// What a word in a rule may become: traits by their names, and the keys that rules look at.
import { some, traitPage } from './calls'
import type { Language, Suggestion } from './ruleEngine'

// Keys that the server fills itself (contract audience.md 4.1).
const platformKeys: [string, string][] = [
  ['d_country', 'country, by the address'],
  ['d_region', 'region'],
  ['d_city', 'city'],
  ['d_state', 'state'],
  ['d_postal_code', 'postal code'],
  ['d_dma_code', 'market area'],
  ['d_isp', 'provider'],
  ['d_device_os_name', 'operating system'],
  ['d_device_model', 'device'],
  ['d_device_manufacturer', 'maker of the device'],
  ['h_host', 'host that was called'],
  ['h_user-agent', 'browser'],
  ['h_accept-language', 'language'],
  ['h_referer', 'page before'],
]

const most = 20

export const suggest = (language: Language, word: string): Promise<Suggestion[]> => (language === 'segment' ? traits(word) : keys(word))

async function traits(word: string): Promise<Suggestion[]> {
  // 51T means the trait 51; its number is what the server knows.
  const { rows } = await traitPage(some(word.replace(/^(\d+)T$/i, '$1'), most))
  return rows.map((one) => ({ label: one.name, detail: `${one.sid}T`, apply: `${one.sid}T ` }))
}

// The keys of other rules are those that events here carry.
async function keys(word: string): Promise<Suggestion[]> {
  const wanted = word.toLowerCase()
  const { rows } = await traitPage({ search: word, sort: 'updateTime', isDown: true, start: 0, size: 50 })
  const known = rows.flatMap((one) => [...(one.traitRule ?? '').matchAll(/([A-Za-z0-9_.-]*[A-Za-z_-][A-Za-z0-9_.-]*)\s*(?:==|!=|>=|<=|=>|>|<|contains|matcheswords|startswith|endswith|matchesregex)/gi)].map((found) => found[1]!))
  const own = [...new Set(known)].filter((key) => key.toLowerCase().includes(wanted)).slice(0, most)
  return [
    ...own.map((key) => ({ label: key, detail: 'in other rules', apply: `${key} ` })),
    ...platformKeys.filter(([key]) => key.includes(wanted) && !own.includes(key)).map(([key, detail]) => ({ label: key, detail, apply: `${key} ` })),
  ]
}
