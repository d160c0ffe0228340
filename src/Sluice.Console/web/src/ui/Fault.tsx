import { Alert } from '@mantine/core'

/** What went wrong, in the server's own words, where it is read out at once. */
export function Fault({ error }: { error: Error | null | undefined }) {
  return error ? (
    <Alert color="red" role="alert" style={{ overflowWrap: 'anywhere' }}>
      {error.message}
    </Alert>
  ) : null
}
