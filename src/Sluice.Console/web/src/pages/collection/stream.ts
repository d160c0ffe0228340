// Server-sent events, read from a call that is signed: the browser's own EventSource cannot send a token.

export type StreamEvent = { event: string; data: string }

export async function* eventsOf(answer: Response): AsyncGenerator<StreamEvent> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (rest + value).split('\n\n')
    rest = parts.pop()!
    for (const part of parts) {
      const lines = part.split('\n')
      const valueOf = (name: string) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
      const data = valueOf('data').join('\n')
      if (data !== '') yield { event: valueOf('event')[0] ?? 'message', data }
    }
  }
}
