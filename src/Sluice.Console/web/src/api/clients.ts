// One typed client for each door, from the documents that the server serves.
import createClient, { type Middleware } from 'openapi-fetch'
import { accessToken, signIn } from '../session'
import type { paths as AccessPaths } from './generated/access'
import type { paths as AudiencePaths } from './generated/audience'
import type { paths as CollectionPaths } from './generated/collection'
import type { paths as GatewayPaths } from './generated/gateway'

let environment = 'production'

export const chooseEnvironment = (name: string) => {
  environment = name
}

const signed: Middleware = {
  onRequest({ request }) {
    const token = accessToken()
    if (token) request.headers.set('Authorization', `Bearer ${token}`)
    if (!request.headers.has('x-sandbox-name')) request.headers.set('x-sandbox-name', environment)
    return request
  },
  onResponse({ response }) {
    if (response.status === 401) void signIn()
  },
}

const make = <Paths extends object>() => {
  const client = createClient<Paths>({ baseUrl: '/' })
  client.use(signed)
  return client
}

export const access = make<AccessPaths>()
export const audience = make<AudiencePaths>()
export const collection = make<CollectionPaths>()
export const gateway = make<GatewayPaths>()

/** A refusal in the server's own words, with its status and all that the answer held. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly answer?: unknown,
  ) {
    super(message)
  }
}

/** What a call brought, or what the server said against it. */
export async function must<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok && data !== undefined) return data
  throw new Refused(reasonOf(error) ?? `The server answered ${response.status}.`, response.status, error)
}

/** The same with the answer's headers, for totals and versions. */
export async function answered<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<{ data: T; headers: Headers }> {
  const data = await must(call)
  return { data, headers: (await call).response.headers }
}

/** For calls whose answer has no body. */
export async function done(call: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await call
  if (!response.ok) throw new Refused(reasonOf(error) ?? `The server answered ${response.status}.`, response.status, error)
}

/** A call that is read as it comes, such as a stream of events. */
export const signedFetch = (path: string, signal: AbortSignal) =>
  fetch(path, { signal, headers: { Authorization: `Bearer ${accessToken() ?? ''}`, 'x-sandbox-name': environment } })

function reasonOf(error: unknown): string | undefined {
  if (typeof error === 'string' && error.length > 0) return error
  if (error === null || typeof error !== 'object') return undefined
  const said = error as { message?: unknown; detail?: unknown; title?: unknown }
  return [said.detail, said.message, said.title].find((one) => typeof one === 'string')
}
