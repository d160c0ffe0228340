// Signs a person in at this server: the code flow of OAuth 2 with PKCE (RFC 7636). The token lives in this page's memory alone;
// a reload asks for a new one, which the server's own sign-in cookie answers without a question.

const clientId = 'sluice-console'
const home = new URL('/console/', location.origin).href
const stored = 'sluice.sign-in'

type Pending = { state: string; verifier: string; back: string }

let token: string | null = null

export const accessToken = () => token

/** Leads to the sign-in page, and afterwards back to where the person is now. Never returns. */
export async function signIn(): Promise<never> {
  const pending: Pending = { state: random(), verifier: random(), back: location.pathname + location.search }
  sessionStorage.setItem(stored, JSON.stringify(pending))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier))
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: home,
    state: pending.state,
    code_challenge: base64(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  })
  location.assign(`/oauth/authorize?${query}`)
  return new Promise<never>(() => {})
}

/** Takes the code that the sign-in came back with, or begins a sign-in. Returns once there is a token. */
export async function begin(): Promise<void> {
  const answer = new URLSearchParams(location.search)
  const pending = JSON.parse(sessionStorage.getItem(stored) ?? 'null') as Pending | null
  const code = answer.get('code')
  if (answer.has('error')) throw new Error(answer.get('error_description') ?? answer.get('error') ?? 'The sign-in was refused.')
  if (!code || !pending || answer.get('state') !== pending.state) return signIn()
  sessionStorage.removeItem(stored)
  const granted = await fetch('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: clientId, redirect_uri: home, code, code_verifier: pending.verifier }),
  })
  // A code is good once: whoever comes back to this address with an old one signs in anew.
  if (!granted.ok) return signIn()
  token = ((await granted.json()) as { access_token: string }).access_token
  history.replaceState(null, '', pending.back.startsWith('/console/') && !pending.back.includes('code=') ? pending.back : '/console/')
}

export function signOut() {
  token = null
  location.assign('/oauth/sign-out')
}

const random = () => base64(crypto.getRandomValues(new Uint8Array(32)))

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
