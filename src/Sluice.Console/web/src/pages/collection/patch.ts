// The changes between two messages as a JSON Patch (RFC 6902).

export type Operation = { op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'; path: string; from?: string; value?: unknown }

export function difference(before: unknown, after: unknown, path = ''): Operation[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (!isMap(before) || !isMap(after)) {
    if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) return after.flatMap((one, at) => difference(before[at], one, `${path}/${at}`))
    return [{ op: 'replace', path, value: after }]
  }
  const below = (name: string) => `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return [
    ...Object.keys(before)
      .filter((name) => !(name in after))
      .map((name): Operation => ({ op: 'remove', path: below(name) })),
    ...Object.entries(after).flatMap(([name, value]) => (name in before ? difference(before[name], value, below(name)) : [{ op: 'add' as const, path: below(name), value }])),
  ]
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A failed message as its sender sent it, without what landing put beside it. */
export function sentMessage(failed: unknown): unknown {
  if (!isMap(failed)) return failed
  const { _errors, _validationErrors, _dcsMeta, ...sent } = failed
  return sent
}

export const reasonsOf = (failed: unknown): { code?: string; message?: string; pointerToViolation?: string }[] => {
  const errors = isMap(failed) && isMap(failed._errors) ? failed._errors._streamingValidation : undefined
  return Array.isArray(errors) ? errors : []
}

export const xactionIdOf = (failed: unknown) => (isMap(failed) && isMap(failed._dcsMeta) ? (failed._dcsMeta.xactionId as string | undefined) : undefined)

/** A group's place in the entity, as people read it. */
export const placeOf = (group: { pointer: string; property: string }) => `${group.pointer.replace(/^#\/?/, '').replaceAll('/', '.').replaceAll('.*', '[…]')}${group.property ? ` · ${group.property}` : ''}` || 'the whole message'

/** Where in the message a group's fault is: the object around it, when a member is missing. */
export function placesOf(group: { pointer: string; property: string; keyword: string }): string[] {
  const inEntity = `/body/xdmEntity${group.pointer.replace(/^#/, '')}`
  return group.keyword === 'additionalProperties' && group.property ? [`${inEntity}/${group.property}`] : [inEntity]
}
