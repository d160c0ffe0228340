import { Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { Fault } from './Fault'
import { type Column, SearchBox, TableFrame, TableLoading } from './TableFrame'
import { type TableState, useAddressState, useLocalState } from './tableState'

export type { Column } from './TableFrame'

/** What a list asks the server for. */
export type Ask = { search: string; sort: string; isDown: boolean; start: number; size: number }

/** A page of rows as the server has them, and how many there are in all, if it says so. */
export type Rows<Row> = { rows: readonly Row[]; total?: number }

type Common<Row> = {
  /** Says what is listed, for those who do not see it. */
  label: string
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
  /** What stands there when there is nothing at all. */
  empty: ReactNode
  /** The name under which the chosen columns are remembered; without it none can be chosen. */
  remember?: string
  /** More ways to narrow the list, beside the search. */
  filters?: ReactNode
}

type InMemory<Row> = Common<Row> & {
  rows: readonly Row[] | undefined
  /** The text that the search box looks through. */
  textOf: (row: Row) => string
  error?: Error | null
}

type FromServer<Row> = Common<Row> & {
  /** Brings a page; the server searches, sorts and cuts. */
  page: (ask: Ask) => Promise<Rows<Row>>
  queryKey: readonly unknown[]
  /** What the search looks at; null where the server does not search. */
  searches?: string | null
  /** The first order, as the server names it; a minus before it turns it around. */
  sort?: string
  /** What the list's names in the address begin with, where a page has two lists. */
  at?: string
  /** Whether filters are set that may be why the list is empty. */
  isFiltered?: boolean
}

/** A list that loads, is searched, sorted and paged, and says so when it is empty or cannot be read: of rows at hand, or page by page from the server. */
export function DataTable<Row>(props: InMemory<Row> | FromServer<Row>) {
  return 'page' in props ? <ServerTable {...props} /> : <MemoryTable {...props} />
}

function MemoryTable<Row>({ rows, textOf, error, columns, label, empty, ...rest }: InMemory<Row>) {
  const [state, change] = useLocalState()
  const found = useMemo(() => {
    const wanted = state.search.trim().toLowerCase()
    const some = (rows ?? []).filter((row) => wanted === '' || textOf(row).toLowerCase().includes(wanted))
    const isDown = state.sort.startsWith('-')
    const by = columns.find((column) => column.title === (isDown ? state.sort.slice(1) : state.sort))?.by
    return by ? some.toSorted((one, other) => (isDown ? -1 : 1) * compare(by(one), by(other))) : some
  }, [rows, state.search, state.sort, columns, textOf])

  if (error) return <Fault error={error} />
  if (rows === undefined) return <TableLoading label={label} />
  if (rows.length === 0) return <>{empty}</>
  const pages = Math.max(1, Math.ceil(found.length / state.size))
  const page = Math.min(state.page, pages)
  return (
    <TableFrame
      {...rest}
      label={label}
      columns={columns}
      rows={found.slice((page - 1) * state.size, page * state.size)}
      nameOf={(column) => (column.by ? column.title : undefined)}
      state={{ ...state, page }}
      change={change}
      searchBox={<SearchBox label={label} value={state.search} onChange={(search) => change({ search, page: 1 })} />}
      count={found.length === rows.length ? `${rows.length}` : `${found.length} of ${rows.length}`}
      pages={pages}
      hasMore={page < pages}
    />
  )
}

function ServerTable<Row>({ page, queryKey, label, empty, searches, sort = '', at = '', isFiltered = false, ...rest }: FromServer<Row>) {
  const [state, change] = useAddressState(at, sort)
  const start = (state.page - 1) * state.size
  const answer = useQuery({
    queryKey: [...queryKey, state],
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
    queryFn: () => page({ search: state.search, sort: state.sort.replace(/^-/, ''), isDown: state.sort.startsWith('-'), start, size: state.size }),
  })
  const search = useDelayedSearch(state, change)
  const total = answer.data?.total
  const pages = total === undefined ? undefined : Math.max(1, Math.ceil(total / state.size))
  // Rows may have gone since the link was made: the last page there is, instead of an empty one.
  useEffect(() => {
    if (pages !== undefined && !answer.isPlaceholderData && state.page > pages) change({ page: pages })
  }, [pages, answer.isPlaceholderData, state.page, change])

  if (answer.error) return <Fault error={answer.error} />
  if (answer.data === undefined) return <TableLoading label={label} />
  const { rows } = answer.data
  const isNarrowed = state.search !== '' || isFiltered
  if (rows.length === 0 && state.page === 1 && !isNarrowed && search.text === '') return <>{empty}</>
  return (
    <TableFrame
      {...rest}
      label={label}
      rows={rows}
      nameOf={(column) => column.sort}
      state={state}
      change={change}
      searchBox={searches === null ? undefined : <SearchBox label={label} hint={searches} value={search.text} onChange={search.setText} />}
      count={rows.length === 0 ? '' : `${(start + 1).toLocaleString()}–${(start + rows.length).toLocaleString()}${total === undefined ? '' : ` of ${total.toLocaleString()}`}`}
      pages={pages}
      hasMore={total === undefined ? rows.length === state.size : start + rows.length < total}
      nothing={<Text mt="md">{isNarrowed ? 'Nothing matches.' : 'There is nothing on this page.'}</Text>}
    />
  )
}

/** What is being typed goes to the server when the typing pauses; a search that comes by the address shows in the box. */
function useDelayedSearch(state: TableState, change: (change: Partial<TableState>) => void) {
  const [text, setText] = useState(state.search)
  const sent = useRef(state.search)
  useEffect(() => {
    if (state.search === sent.current) return
    sent.current = state.search
    setText(state.search)
  }, [state.search])
  useEffect(() => {
    if (text.trim() === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text.trim()
      change({ search: text.trim(), page: 1 })
    }, 300)
    return () => clearTimeout(timer)
  }, [text, change])
  return { text, setText }
}

const compare = (one: string | number, other: string | number) =>
  typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other), 'en', { numeric: true })
