// Reads a revision's bundle, as the server hands it out, in the browser: a zip of XML files.
import { Refused, signedFetch } from '../../../api/clients'

const mostFiles = 2_000
const mostBytes = 16 << 20

/** The XML files of a revision by their paths below apiproxy/. */
export async function fetchBundle(org: string, name: string, revision: string): Promise<Map<string, string>> {
  const path = `/v1/organizations/${encodeURIComponent(org)}/apis/${encodeURIComponent(name)}/revisions/${encodeURIComponent(revision)}?format=bundle`
  const answer = await signedFetch(path, AbortSignal.timeout(30_000))
  if (!answer.ok) throw new Refused(((await answer.json().catch(() => null)) as { message?: string } | null)?.message ?? `The server answered ${answer.status}.`, answer.status)
  return unzip(await answer.arrayBuffer())
}

/** Walks the directory at the end of a zip; whatever is no XML is passed over. */
async function unzip(zip: ArrayBuffer): Promise<Map<string, string>> {
  const view = new DataView(zip)
  let end = zip.byteLength - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0 || zip.byteLength > mostBytes) throw new Error('The bundle cannot be read.')
  const files = new Map<string, string>()
  let at = view.getUint32(end + 16, true)
  for (let left = Math.min(view.getUint16(end + 10, true), mostFiles); left > 0; left--) {
    const [method, size, nameLength] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint16(at + 28, true)]
    const name = new TextDecoder().decode(new Uint8Array(zip, at + 46, nameLength))
    const local = view.getUint32(at + 42, true)
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    const place = name.indexOf('apiproxy/')
    if (place < 0 || !name.endsWith('.xml')) continue
    const packed = new Blob([new Uint8Array(zip, from, size)])
    files.set(name.slice(place + 'apiproxy/'.length), await (method === 0 ? packed.text() : new Response(packed.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text()))
  }
  return files
}
