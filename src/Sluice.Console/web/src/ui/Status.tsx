import { Badge } from '@mantine/core'

const colours: Record<string, string> = {
  success: 'teal', active: 'teal', enabled: 'teal', done: 'teal', approved: 'teal', signing: 'teal', published: 'blue', accepted: 'teal', passes: 'teal',
  failed: 'red', failure: 'red', rejected: 'red', refused: 'red', revoked: 'red', locked: 'red',
  loading: 'blue', running: 'blue', staging: 'blue',
}

/** A state as a word on its colour; the word alone says it too. */
export function Status({ of }: { of: string | undefined }) {
  // In a narrow table the word stays whole: without it the colour would have to say everything.
  const whole = { overflow: 'visible' }
  return of === undefined || of === '' ? null : (
    <Badge color={colours[of] ?? 'gray'} styles={{ root: whole, label: whole }}>
      {of}
    </Badge>
  )
}
