import { Code, ScrollArea, Table } from '@mantine/core'

/** Rows as they lie in a dataset: one column for each member. */
export function RowTable({ label, rows }: { label: string; rows: Record<string, unknown>[] }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <Table striped aria-label={label} verticalSpacing={4} fz="sm" miw={names.length * 150}>
        <Table.Thead>
          <Table.Tr>
            {names.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, at) => (
            <Table.Tr key={at}>
              {names.map((name) => (
                <Table.Td key={name} style={{ maxWidth: 320, verticalAlign: 'top' }}>
                  {row[name] === undefined ? '' : typeof row[name] === 'object' ? <Code style={{ overflowWrap: 'anywhere' }}>{JSON.stringify(row[name])}</Code> : String(row[name])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}
