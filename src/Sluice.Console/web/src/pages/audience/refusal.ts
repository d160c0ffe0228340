// What the Audience API says against a request: a sentence, and one line for each thing that is in the way.

import { Refused as RefusedCall } from '../../api/clients'

type Answer<T> = { data?: T; error?: unknown; response: Response }

export type Place = { line: number; column: number; message: string }

/** A request that was refused, with the lines that say what is in the way. */
export class Refused extends RefusedCall {
  constructor(
    message: string,
    status: number,
    readonly lines: string[],
  ) {
    super(message, status)
  }

  /** The places in a rule that the lines name. */
  get places(): Place[] {
    return this.lines.flatMap((line) => {
      const found = /^line (\d+), column (\d+): (.*)$/s.exec(line)
      return found ? [{ line: Number(found[1]), column: Number(found[2]), message: found[3]! }] : []
    })
  }
}

const mostLines = 20

/** What a call brought; nothing for a call whose answer has no body. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await askTagged(call)).data
}

/** The same, with the version that a change of it names. */
export async function askTagged<T>(call: Promise<Answer<T>>): Promise<{ data: T; tag: string | undefined }> {
  const { data, error, response } = await call
  if (!response.ok) throw refusalOf(error, response.status)
  return { data: data as T, tag: response.headers.get('ETag') ?? undefined }
}

function refusalOf(error: unknown, status: number): Refused {
  const said = (error ?? {}) as { message?: string; childMessages?: string[] }
  const lines = said.childMessages ?? []
  const message = said.message ?? `The server answered ${status}.`
  const shown = lines.filter((line) => !message.includes(line)).slice(0, mostLines)
  const more = lines.length > mostLines ? ` and ${lines.length - mostLines} more` : ''
  return new Refused(shown.length === 0 ? message : `${message}: ${shown.join(', ')}${more}`, status, lines)
}
