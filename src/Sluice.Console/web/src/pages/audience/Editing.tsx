import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fragment, type ReactNode } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import type { Doing } from '../../ui/Form'
import { Page } from '../../ui/Page'
import type { Family } from './calls'
import { MoveTo } from './FolderFrame'

// What is made, changed and deleted in this area; the names also stand in the keys of queries, as `trait` and `traits`.
const kinds = {
  source: { one: 'data source', many: 'Data sources' },
  trait: { one: 'trait', many: 'Traits' },
  segment: { one: 'segment', many: 'Segments' },
  destination: { one: 'destination', many: 'Destinations' },
}

type Kind = keyof typeof kinds

const pathOf = (kind: Kind) => `/audience/${kind}s`

/** How the fields of a form are sent by the page that they stand on. */
export type Sending<Body> = { action: string; doing: Doing; save: (body: Body) => void; reload?: () => void }

type CreateProps<Body> = {
  kind: Kind
  /** Makes it, and says its id. */
  make: (body: Body) => Promise<number>
  children: (sending: Sending<Body>) => ReactNode
}

/** Makes something; leads on to its page. */
export function CreatePage<Body>({ kind, make, children }: CreateProps<Body>) {
  const { one, many } = kinds[kind]
  const go = useNavigate()
  const queries = useQueryClient()
  const doing = useMutation({
    mutationFn: make,
    onSuccess: async (id) => {
      await queries.invalidateQueries({ queryKey: [`${kind}s`] })
      await go(`${pathOf(kind)}/${id}`)
    },
  })
  return (
    <Page title={`Create ${one}`} above={[{ title: many, to: pathOf(kind) }]}>
      {children({ action: `Create ${one}`, doing, save: doing.mutate })}
    </Page>
  )
}

type EditProps<Row, Body> = {
  kind: Kind
  read: (id: string) => Promise<{ data: Row; tag: string | undefined }>
  change: (id: string, tag: string | undefined, body: Body) => Promise<unknown>
  children: (of: Row, sending: Sending<Body>) => ReactNode
}

/** Changes something, unless somebody else did meanwhile. */
export function EditPage<Row extends { name: string }, Body>({ kind, read, change, children }: EditProps<Row, Body>) {
  const { one, many } = kinds[kind]
  const id = useParams().id!
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  // What is being changed is not replaced under somebody's hands.
  const found = useQuery({ queryKey: [`${kind}-form`, place, id], refetchInterval: false, refetchOnWindowFocus: false, gcTime: 0, queryFn: () => read(id) })
  const doing = useMutation({
    mutationFn: (body: Body) => change(id, found.data?.tag, body),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: [`${kind}s`] }), queries.invalidateQueries({ queryKey: [kind, place] })])
      await go(`${pathOf(kind)}/${id}`)
    },
  })
  const row = found.data?.data
  const reload = () => void found.refetch().then(doing.reset)
  return (
    <Page title={row ? `Edit ${row.name}` : `Edit ${one}`} above={[{ title: many, to: pathOf(kind) }, { title: row?.name ?? '…', to: `${pathOf(kind)}/${id}` }]}>
      <Fault error={found.error} />
      {row && <Fragment key={found.dataUpdatedAt}>{children(row, { action: 'Save', doing, save: doing.mutate, reload })}</Fragment>}
    </Page>
  )
}

type ActionProps = {
  kind: Kind
  id: string | number
  name: string
  remove: () => Promise<unknown>
  /** What must be so before it can go. */
  warning: ReactNode
  /** The folder that it is kept in, where there are any. */
  folder?: { family: Family; id: number; move: (folderId: number) => Promise<unknown> }
}

/** What can be done with one thing, at the head of its page: changing it, and deleting it with a question before. */
export function Actions({ kind, id, name, remove, warning, folder }: ActionProps) {
  const { one } = kinds[kind]
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  return (
    <>
      <Button variant="light" component={Link} to={`${pathOf(kind)}/${id}/edit`}>
        Edit
      </Button>
      {folder && (
        <MoveTo
          family={folder.family}
          folderId={folder.id}
          move={async (target) => {
            await folder.move(target)
            await queries.invalidateQueries({ queryKey: [kind, place, id] })
          }}
        />
      )}
      <Confirm
        action={`Delete ${one}`}
        title={`Delete ${name}?`}
        run={remove}
        after={() => {
          void go(pathOf(kind))
          queries.removeQueries({ queryKey: [kind, place, id] })
          void queries.invalidateQueries({ queryKey: [`${kind}s`] })
        }}
      >
        {warning} This cannot be undone.
      </Confirm>
    </>
  )
}
