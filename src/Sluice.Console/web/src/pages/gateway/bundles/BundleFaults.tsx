import { Alert, Table, Text } from '@mantine/core'
import { Refused } from '../../../api/clients'
import { Fault } from '../../../ui/Fault'
import type { BundleFault } from './calls'

/** Why a bundle was not taken or not deployed: each fault with its place, as far as the server names one. */
export function BundleFaults({ error }: { error: Error | null }) {
  const faults = error instanceof Refused ? (error.answer as { faults?: BundleFault[] } | undefined)?.faults : undefined
  if (!faults || faults.length === 0) return <Fault error={error} />
  return (
    <Alert color="red" role="alert" title="The bundle was refused; nothing changed.">
      <Places of={faults} label="What is wrong" />
    </Alert>
  )
}

/** Faults or warnings, each with its file and line. */
export function Places({ of, label }: { of: readonly BundleFault[]; label: string }) {
  return (
    <Table aria-label={label} layout="fixed">
      <Table.Tbody>
        {of.map((one, at) => (
          <Table.Tr key={at}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Text size="sm" ff="monospace">
                {one.file}
                {one.line > 0 && `, line ${one.line}`}
                {one.column > 0 && `, column ${one.column}`}
              </Text>
              {one.message} ({one.name})
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
