import { useCallback, useState } from 'react'
import { useSearchParams } from 'react-router'

/** What a list shows of its rows: which, in what order, and which page of them. */
export type TableState = { search: string; sort: string; page: number; size: number }

export const sizes = ['25', '50', '100']

const first: TableState = { search: '', sort: '', page: 1, size: 25 }

/** The state of a list that no link leads to. */
export function useLocalState(sort = ''): [TableState, (change: Partial<TableState>) => void] {
  const [state, setState] = useState({ ...first, sort })
  return [state, useCallback((change) => setState((now) => ({ ...now, ...change })), [])]
}

/** The state of a list in the address, so that a link leads to what one sees. Two lists on one page differ by what their names begin with. */
export function useAddressState(before: string, sort: string): [TableState, (change: Partial<TableState>) => void] {
  const [query, setQuery] = useSearchParams()
  const read = (name: string) => query.get(before + name) ?? ''
  const state: TableState = {
    search: read('search'),
    sort: read('sort') || sort,
    page: Math.max(1, Math.trunc(Number(read('page')) || 1)),
    size: sizes.includes(read('size')) ? Number(read('size')) : first.size,
  }
  const change = useCallback(
    (changed: Partial<TableState>) =>
      setQuery(
        (now) => {
          const next = new URLSearchParams(now)
          for (const [name, value] of Object.entries(changed)) put(next, before + name, String(value), String(name === 'sort' ? sort : first[name as keyof TableState]))
          return next
        },
        { replace: true },
      ),
    [setQuery, before, sort],
  )
  return [state, change]
}

/** One choice of a page in its address; another choice begins at the first page again. */
export function useChoice(name: string, usual = ''): [string, (value: string) => void] {
  const [query, setQuery] = useSearchParams()
  const choose = (value: string) =>
    setQuery(
      (now) => {
        const next = new URLSearchParams(now)
        put(next, name, value, usual)
        next.delete('page')
        return next
      },
      { replace: true },
    )
  return [query.get(name) ?? usual, choose]
}

function put(query: URLSearchParams, name: string, value: string, usual: string) {
  if (value === usual) query.delete(name)
  else query.set(name, value)
}
