import { Checkbox, ScrollArea, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { columns, type Right } from './rights'

export type MatrixRow = {
  key: string
  title: string
  /** Which rights there are in this row; the others have no box. */
  possible: (right: Right) => boolean
  has: (right: Right) => boolean
  set: (right: Right, on: boolean) => void
  /** Stands behind the row, such as a button that takes it away. */
  behind?: ReactNode
}

/** Rights as boxes: a row for each kind of thing, a column for each right. */
export function RightsMatrix({ label, rows }: { label: string; rows: MatrixRow[] }) {
  const shown = columns.filter(({ right }) => rows.some((row) => row.possible(right)))
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, 'aria-label': label, role: 'group' }}>
      <Table aria-label={label} withRowBorders miw={shown.length * 100 + 220} w="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={220}>On</Table.Th>
            {shown.map(({ right, title }) => (
              <Table.Th key={right} ta="center">
                {title}
              </Table.Th>
            ))}
            {rows.some((row) => row.behind) && <Table.Th>Remove</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Th scope="row" fw={500}>
                {row.title}
              </Table.Th>
              {shown.map(({ right, title }) => (
                <Table.Td key={right}>
                  {row.possible(right) && (
                    <Checkbox
                      aria-label={`${row.title}: ${title}`}
                      checked={row.has(right)}
                      onChange={(event) => row.set(right, event.currentTarget.checked)}
                      styles={{ body: { justifyContent: 'center' } }}
                    />
                  )}
                </Table.Td>
              ))}
              {rows.some((one) => one.behind) && <Table.Td>{row.behind}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}
