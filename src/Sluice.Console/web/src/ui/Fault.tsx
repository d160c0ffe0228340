import { Alert } from '@mantine/core'
import { Refused } from '../api/clients'
import { NotAllowed } from './NotAllowed'

/** What went wrong, in the server's own words, where it is read out at once; what one may not see is no fault and looks like none. */
export function Fault({ error }: { error: Error | null | undefined }) {
  if (error instanceof Refused && error.status === 403) return <NotAllowed reason={error.message} />
  return error ? (
    <Alert color="red" role="alert" style={{ overflowWrap: 'anywhere' }}>
      {error.message}
    </Alert>
  ) : null
}
