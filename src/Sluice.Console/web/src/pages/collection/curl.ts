// A message to begin with, as a command for the shell.

type Target = { url: string; needsToken: boolean; org: string; schemaId: string; datasetId: string; source: string; entity: Record<string, unknown> }

/** A message in its envelope, as a producer sends it. */
export function messageOf({ org, schemaId, datasetId, source, entity }: Target) {
  const schemaRef = { id: schemaId, contentType: 'application/vnd.adobe.xed-full+json;version=1' }
  return { header: { schemaRef, imsOrgId: org, datasetId, source: { name: source } }, body: { xdmMeta: { schemaRef }, xdmEntity: entity } }
}

export function curlOf(target: Target) {
  const body = JSON.stringify(messageOf(target), null, 2).replaceAll("'", `'\\''`)
  return [`curl -X POST '${target.url}' \\`, "  -H 'Content-Type: application/json' \\", ...(target.needsToken ? ['  -H "Authorization: Bearer $SLUICE_TOKEN" \\'] : []), `  -d '${body}'`].join('\n')
}

/** A sample becomes a message of its own: an id that no other has, the time of now, and an identity whose namespace is registered. */
export function freshen(sample: Record<string, unknown>): Record<string, unknown> {
  const fresh = { ...sample }
  if (typeof fresh._id === 'string') fresh._id = crypto.randomUUID()
  if (typeof fresh.timestamp === 'string') fresh.timestamp = new Date().toISOString()
  if (fresh.identityMap) fresh.identityMap = { Email: [{ id: 'sample@example.com', primary: true }] }
  return fresh
}
