import { Alert } from '@mantine/core'

/** What stands where somebody may not look, or do what they tried. */
export function NotAllowed({ reason }: { reason?: string }) {
  return (
    <Alert color="gray" role="alert" title="You may not" style={{ overflowWrap: 'anywhere' }}>
      {reason ?? 'Your account has no right to this.'} An administrator gives rights through groups.
    </Alert>
  )
}
