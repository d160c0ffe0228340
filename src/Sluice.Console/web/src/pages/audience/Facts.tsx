import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

/** What is known of one thing: a name and what stands behind it, line by line. */
export function Facts({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table aria-label={label} maw={760}>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  )
}

export function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={150}>{title}</Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{children}</Table.Td>
    </Table.Tr>
  )
}
