import { ScrollArea, Table, Text } from '@mantine/core'
import type { components } from '../../api/generated/audience'
import { number } from '../../ui/Page'

export type Overlap = components['schemas']['Overlap']
type Subject = { sid: number; name: string; uniques: number }

const share = (value: number) => `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} %`

// Five grounds, each with a text colour that stands out from it.
const grounds = [
  { ground: 'transparent', text: 'var(--mantine-color-text)' },
  { ground: 'light-dark(#d0ebff, #12324a)', text: 'light-dark(#102a43, #e7f5ff)' },
  { ground: 'light-dark(#a5d8ff, #174a70)', text: 'light-dark(#102a43, #e7f5ff)' },
  { ground: 'light-dark(#74c0fc, #1c659b)', text: 'light-dark(#0b2036, #ffffff)' },
  { ground: 'light-dark(#1864ab, #74c0fc)', text: 'light-dark(#ffffff, #0b2036)' },
]

const heatOf = (percent: number) => grounds[percent <= 0 ? 0 : percent < 10 ? 1 : percent < 35 ? 2 : percent < 70 ? 3 : 4]!

/** Of the one in the row, how many are in the one in the column too: the more, the stronger the colour; the number says it as well. */
export function OverlapMatrix({ pairs }: { pairs: Overlap[] }) {
  const subjects = subjectsOf(pairs)
  const cells = new Map(pairs.flatMap((one) => [
    [`${one.sid1}/${one.sid2}`, { shared: one.overlapUniques, percent: one.overlapPercent1 }],
    [`${one.sid2}/${one.sid1}`, { shared: one.overlapUniques, percent: one.overlapPercent2 }],
  ] as const))
  return (
    <>
      <Text size="sm" mb="xs">
        Of the profiles of a row, those that are in the column too.
      </Text>
      <ScrollArea>
        <Table aria-label="Overlap matrix" withTableBorder withColumnBorders miw={160 + subjects.length * 100} style={{ tableLayout: 'fixed' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={180} />
              {subjects.map((one) => (
                <Table.Th key={one.sid} ta="right" style={{ overflowWrap: 'anywhere' }}>
                  {one.name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {subjects.map((row) => (
              <Table.Tr key={row.sid}>
                <Table.Th scope="row" style={{ overflowWrap: 'anywhere' }}>
                  {row.name}
                  <Text size="xs" c="dimmed">
                    {number(row.uniques)}
                  </Text>
                </Table.Th>
                {subjects.map((column) => {
                  const cell = cells.get(`${row.sid}/${column.sid}`)
                  const heat = heatOf(cell?.percent ?? 0)
                  return (
                    <Table.Td key={column.sid} ta="right" style={{ backgroundColor: heat.ground, color: heat.text }}>
                      {row.sid === column.sid ? (
                        '—'
                      ) : cell ? (
                        <>
                          <b>{share(cell.percent)}</b>
                          <br />
                          {number(cell.shared)}
                        </>
                      ) : (
                        ''
                      )}
                    </Table.Td>
                  )
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </>
  )
}

/** The same as a list, pair by pair. */
export function OverlapTable({ pairs }: { pairs: Overlap[] }) {
  return (
    <ScrollArea>
      <Table aria-label="Overlaps" striped miw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>One</Table.Th>
            <Table.Th ta="right">Profiles</Table.Th>
            <Table.Th>The other</Table.Th>
            <Table.Th ta="right">Profiles</Table.Th>
            <Table.Th ta="right">In both</Table.Th>
            <Table.Th ta="right">Of the one</Table.Th>
            <Table.Th ta="right">Of the other</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pairs.toSorted((one, other) => other.overlapUniques - one.overlapUniques).map((one) => (
            <Table.Tr key={`${one.sid1}/${one.sid2}`}>
              <Table.Td>{one.name1}</Table.Td>
              <Table.Td ta="right">{number(one.uniques1)}</Table.Td>
              <Table.Td>{one.name2}</Table.Td>
              <Table.Td ta="right">{number(one.uniques2)}</Table.Td>
              <Table.Td ta="right">{number(one.overlapUniques)}</Table.Td>
              <Table.Td ta="right">{share(one.overlapPercent1)}</Table.Td>
              <Table.Td ta="right">{share(one.overlapPercent2)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}

function subjectsOf(pairs: Overlap[]): Subject[] {
  const found = new Map<number, Subject>()
  for (const one of pairs) {
    found.set(one.sid1, { sid: one.sid1, name: one.name1, uniques: one.uniques1 })
    found.set(one.sid2, { sid: one.sid2, name: one.name2, uniques: one.uniques2 })
  }
  return [...found.values()]
}
