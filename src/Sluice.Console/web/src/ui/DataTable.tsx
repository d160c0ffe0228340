import { ActionIcon, Group, Pagination, ScrollArea, Select, Skeleton, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'

export type Column<Row> = {
  title: string
  /** What the cell shows. */
  cell: (row: Row) => ReactNode
  /** What the column is sorted by; without it, it is not. */
  by?: (row: Row) => string | number
  align?: 'right'
}

type Props<Row> = {
  /** Says what is listed, for those who do not see it. */
  label: string
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
  /** The text that the search box looks through. */
  textOf: (row: Row) => string
  /** What stands there when there is nothing at all. */
  empty: ReactNode
  error?: Error | null
}

const sizes = ['25', '50', '100']

/** A list that loads, is searched, sorted and paged, and says so when it is empty or cannot be read. */
export function DataTable<Row>({ label, rows, keyOf, columns, textOf, empty, error }: Props<Row>) {
  const [search, setSearch] = useState('')
  const [sort, setSort] = useState<{ at: number; down: boolean } | null>(null)
  const [page, setPage] = useState(1)
  const [size, setSize] = useState(25)
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    const some = (rows ?? []).filter((row) => wanted === '' || textOf(row).toLowerCase().includes(wanted))
    const by = sort === null ? undefined : columns[sort.at]?.by
    if (!by) return some
    return some.toSorted((one, other) => (sort?.down ? -1 : 1) * compare(by(one), by(other)))
  }, [rows, search, sort, columns, textOf])

  if (error)
    return (
      <Text role="alert" c="red">
        {error.message}
      </Text>
    )
  if (rows === undefined)
    return (
      <div role="status" aria-label={`${label}: loading`}>
        {[0, 1, 2, 3].map((line) => (
          <Skeleton key={line} height={28} mb="xs" />
        ))}
      </div>
    )
  if (rows.length === 0) return <>{empty}</>

  const pages = Math.max(1, Math.ceil(found.length / size))
  const shown = found.slice((Math.min(page, pages) - 1) * size, Math.min(page, pages) * size)
  return (
    <>
      <Group justify="space-between" mb="sm">
        <TextInput
          aria-label={`Search ${label}`}
          placeholder="Search"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            setPage(1)
          }}
          rightSection={
            search === '' ? null : (
              <ActionIcon variant="subtle" aria-label="Clear the search" onClick={() => setSearch('')}>
                ×
              </ActionIcon>
            )
          }
        />
        <Text size="sm" c="dimmed" aria-live="polite">
          {found.length === rows.length ? `${rows.length}` : `${found.length} of ${rows.length}`}
        </Text>
      </Group>
      <ScrollArea>
        <Table striped highlightOnHover aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column, at) => (
                <Table.Th key={column.title} ta={column.align} aria-sort={sort?.at === at ? (sort.down ? 'descending' : 'ascending') : undefined}>
                  {column.by ? (
                    <UnstyledButton fz="sm" fw={600} onClick={() => setSort({ at, down: sort?.at === at && !sort.down })}>
                      {column.title} {sort?.at === at ? (sort.down ? '↓' : '↑') : ''}
                    </UnstyledButton>
                  ) : (
                    column.title
                  )}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {columns.map((column) => (
                  <Table.Td key={column.title} ta={column.align}>
                    {column.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {found.length === 0 && <Text mt="md">Nothing matches the search.</Text>}
      {found.length > Number(sizes[0]) && (
        <Group justify="space-between" mt="sm">
          <Pagination total={pages} value={Math.min(page, pages)} onChange={setPage} getControlProps={(control) => ({ 'aria-label': `${control} page` })} />
          <Select aria-label="Rows on a page" data={sizes} value={String(size)} onChange={(value) => setSize(Number(value ?? size))} w={90} allowDeselect={false} />
        </Group>
      )}
    </>
  )
}

const compare = (one: string | number, other: string | number) =>
  typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other), 'en', { numeric: true })
