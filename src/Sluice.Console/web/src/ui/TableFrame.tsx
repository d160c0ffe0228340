import { ActionIcon, Button, Checkbox, Group, Pagination, Popover, ScrollArea, Select, Skeleton, Stack, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { sizes, type TableState } from './tableState'

export type Column<Row> = {
  title: string
  /** What the cell shows. */
  cell: (row: Row) => ReactNode
  /** What rows in memory are sorted by; without it they are not. */
  by?: (row: Row) => string | number
  /** The name by which the server sorts; without it, it does not. */
  sort?: string
  align?: 'right'
  /** Not shown until somebody chooses it. */
  isExtra?: boolean
}

type Props<Row> = {
  label: string
  rows: readonly Row[]
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
  /** The name under which the chosen columns are remembered; without it none can be chosen. */
  remember?: string
  nameOf: (column: Column<Row>) => string | undefined
  state: TableState
  change: (change: Partial<TableState>) => void
  searchBox?: ReactNode
  filters?: ReactNode
  /** What is said about how many there are. */
  count: string
  /** The number of pages; undefined when only the server knows that there are more. */
  pages?: number
  hasMore: boolean
  nothing?: ReactNode
}

/** How every list looks: search and filters above, the rows, and the way to the other pages below. */
export function TableFrame<Row>({ label, rows, keyOf, columns, remember, nameOf, state, change, searchBox, filters, count, pages, hasMore, nothing }: Props<Row>) {
  const [shown, setShown] = useShownColumns(columns, remember)
  const visible = columns.filter((column) => shown.includes(column.title))
  const sorted = state.sort.replace(/^-/, '')
  const isDown = state.sort.startsWith('-')
  return (
    <div>
      <Group justify="space-between" mb="sm" align="end">
        <Group align="end">
          {searchBox}
          {filters}
        </Group>
        <Group gap="sm">
          <Text size="sm" c="dimmed" aria-live="polite">
            {count}
          </Text>
          {remember && <ColumnChooser label={label} columns={columns} shown={shown} setShown={setShown} />}
        </Group>
      </Group>
      <ScrollArea>
        <Table striped highlightOnHover aria-label={label} miw={visible.length * 110}>
          <Table.Thead>
            <Table.Tr>
              {visible.map((column) => {
                const name = nameOf(column)
                const isSorted = name !== undefined && sorted === name
                return (
                  <Table.Th key={column.title} ta={column.align} aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined}>
                    {name !== undefined ? (
                      <UnstyledButton fz="sm" fw={600} onClick={() => change({ sort: isSorted && !isDown ? `-${name}` : name, page: 1 })} style={{ whiteSpace: 'nowrap' }}>
                        {column.title} {isSorted ? (isDown ? '↓' : '↑') : ''}
                      </UnstyledButton>
                    ) : (
                      column.title
                    )}
                  </Table.Th>
                )
              })}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {visible.map((column) => (
                  <Table.Td key={column.title} ta={column.align}>
                    {column.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {rows.length === 0 && (nothing ?? <Text mt="md">Nothing matches the search.</Text>)}
      {(state.page > 1 || hasMore || rows.length > Number(sizes[0])) && (
        <Group justify="space-between" mt="sm">
          {pages === undefined ? (
            <Group gap="xs">
              <Button variant="default" size="xs" disabled={state.page === 1} onClick={() => change({ page: state.page - 1 })}>
                Previous page
              </Button>
              <Button variant="default" size="xs" disabled={!hasMore} onClick={() => change({ page: state.page + 1 })}>
                Next page
              </Button>
            </Group>
          ) : (
            <Pagination
              total={pages}
              value={Math.min(state.page, pages)}
              onChange={(page) => change({ page })}
              getControlProps={(control) => ({ 'aria-label': `${control} page` })}
              getItemProps={(page) => ({ 'aria-label': `Page ${page}` })}
            />
          )}
          <Select aria-label="Rows on a page" data={sizes} value={String(state.size)} onChange={(value) => change({ size: Number(value ?? state.size), page: 1 })} w={90} allowDeselect={false} />
        </Group>
      )}
    </div>
  )
}

/** The box in which one writes what to look for. */
export function SearchBox({ label, hint, value, onChange }: { label: string; hint?: string; value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      aria-label={`Search ${label}`}
      placeholder={hint ?? 'Search'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={
        value === '' ? null : (
          <ActionIcon variant="subtle" aria-label="Clear the search" onClick={() => onChange('')}>
            ×
          </ActionIcon>
        )
      }
    />
  )
}

export function TableLoading({ label }: { label: string }) {
  return (
    <div role="status" aria-label={`${label}: loading`}>
      {[0, 1, 2, 3].map((line) => (
        <Skeleton key={line} height={28} mb="xs" />
      ))}
    </div>
  )
}

type Chooser<Row> = { label: string; columns: readonly Column<Row>[]; shown: string[]; setShown: (shown: string[]) => void }

function ColumnChooser<Row>({ label, columns, shown, setShown }: Chooser<Row>) {
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs">
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Columns of ${label}`}>
        <Stack gap="xs">
          {columns.map((column, at) => (
            <Checkbox
              key={column.title}
              label={column.title}
              checked={shown.includes(column.title)}
              // The first says which row it is; without it nobody could open one.
              disabled={at === 0}
              onChange={(event) => setShown(event.currentTarget.checked ? [...shown, column.title] : shown.filter((title) => title !== column.title))}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function useShownColumns<Row>(columns: readonly Column<Row>[], remember?: string): [string[], (shown: string[]) => void] {
  const key = `sluice.columns.${remember}`
  const [shown, setShown] = useState(() => {
    const usual = columns.filter((column) => !column.isExtra).map((column) => column.title)
    const kept = remember === undefined ? null : (JSON.parse(localStorage.getItem(key) ?? 'null') as string[] | null)
    return kept?.includes(columns[0]!.title) ? kept : usual
  })
  return [
    remember === undefined ? columns.map((column) => column.title) : shown,
    (next) => {
      localStorage.setItem(key, JSON.stringify(next))
      setShown(next)
    },
  ]
}
