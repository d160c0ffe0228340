// Makes the types of the API's clients from the documents that the server serves.
import { mkdir, writeFile } from 'node:fs/promises'
import openapi, { astToString } from 'openapi-typescript'

const doors = { access: 'Sluice.Access', audience: 'Sluice.Audience', collection: 'Sluice.Collection', gateway: 'Sluice.Gateway' }
await mkdir(new URL('../src/api/generated/', import.meta.url), { recursive: true })
for (const [door, project] of Object.entries(doors)) {
  const types = await openapi(new URL(`../../../${project}/OpenApi/${door}.json`, import.meta.url), { alphabetize: true, defaultNonNullable: false, emptyObjectsUnknown: true })
  await writeFile(new URL(`../src/api/generated/${door}.ts`, import.meta.url), astToString(types))
}
