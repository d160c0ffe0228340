import { Anchor, Button, Group, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { number, Page, when } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { findSegments, findSources, profilePath } from './calls'
import { Explanation } from './Explanation'
import { Fact, Facts } from './Facts'
import { ask, Refused } from './refusal'

type Known = components['schemas']['VisitorProfile']

const devices = { value: '0', label: 'Devices (UUID)' }
const ecids = { value: '4', label: 'Experience Cloud ids (ECID)' }

// Both have numbers of their own and are in no list.
const findNamespaces = async (text: string) => {
  const own = [devices, ecids]
  return own.some((one) => one.value === text) ? own : [...own, ...(await findSources(own.some((one) => one.label === text) ? '' : text))]
}

/** Looks an id up: its traits, segments and other ids, and why it is in a segment or is not. */
export function Profile() {
  const [query, setQuery] = useSearchParams()
  const namespace = query.get('namespace') ?? '0'
  const id = query.get('id') ?? ''
  const why = Number(query.get('why') ?? 0)
  const place = usePlace()
  const [typed, setTyped] = useState(id)
  const [source, setSource] = useState(namespace)
  useEffect(() => {
    setTyped(id)
    setSource(namespace)
  }, [id, namespace])
  const found = useQuery({
    queryKey: ['profile', place, namespace, id],
    enabled: id !== '',
    refetchInterval: (query) => (query.state.error ? 5_000 : 2_000),
    retry: false,
    queryFn: () => ask(audience.GET('/api/sluice/v1/profiles/{namespace}/{id}', { params: { path: { namespace, id } } })),
  })
  const isUnknown = found.error instanceof Refused && found.error.status === 404
  const choose = (sid: string) =>
    setQuery((now) => {
      const next = new URLSearchParams(now)
      if (sid === '') next.delete('why')
      else next.set('why', sid)
      return next
    })
  return (
    <Page title="Profiles">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setQuery({ namespace: source, id: typed.trim() })
        }}
      >
        <Group align="end">
          <PickFromServer label="Data source" queryKey={['pick', 'namespaces', place]} find={findNamespaces} value={source} onChange={setSource} isRequired width={260} />
          <TextInput label="Id" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} required maxLength={1_024} w={{ base: '100%', sm: 380 }} />
          <Button type="submit" disabled={typed.trim() === '' || source === ''}>
            Look it up
          </Button>
        </Group>
      </form>
      {id === '' && <Text>Write an id and the data source it belongs to: what is known of it stands here, and follows while events come in.</Text>}
      {isUnknown ? <Text role="status">Nothing is known of this id. It appears here with its first event.</Text> : <Fault error={found.error} />}
      {found.data && !found.error && (
        <Shown of={found.data} why={why} choose={choose}>
          <Title order={3} size="h5">
            Why?
          </Title>
          <PickFromServer label="Segment to explain" description="Why this id is in it, or is not." queryKey={['pick', 'segments', place]} find={findSegments} value={why > 0 ? String(why) : ''} onChange={choose} placeholder="Choose a segment" nothing="No segment is found" width={320} />
          {why > 0 && <Explanation sid={why} namespace={namespace} id={id} />}
        </Shown>
      )}
    </Page>
  )
}

type ShownProps = { of: Known; why: number; choose: (sid: string) => void; children: ReactNode }

function Shown({ of, why, choose, children }: ShownProps) {
  return (
    <>
      <Facts label="Profile">
        <Fact title="Id">
          {of.namespace}/{of.id}
        </Fact>
        <Fact title="Is a">{of.isDevice ? 'device' : 'person, across devices'}</Fact>
        <Fact title="Last seen">{when(of.lastSeen)}</Fact>
        {of.optedOut && <Fact title="Opted out">Nothing is collected of it any more.</Fact>}
      </Facts>
      <Title order={2} size="h4">
        Segments
      </Title>
      <DataTable
        label="Segments"
        rows={of.segments}
        keyOf={(row) => String(row.sid)}
        textOf={(row) => `${row.name} ${row.sid}`}
        empty={<Text>It is in no segment.</Text>}
        columns={[
          {
            title: 'Name',
            by: (row) => row.name,
            cell: (row) => (
              <Anchor component={Link} to={`/audience/segments/${row.sid}`}>
                {row.name}
              </Anchor>
            ),
          },
          { title: 'Since', by: (row) => row.since, cell: (row) => when(row.since) },
          {
            title: 'Explained',
            cell: (row) => (
              <Button size="compact-xs" variant="light" aria-label={`Why is it in ${row.name}?`} aria-pressed={why === row.sid} onClick={() => choose(String(row.sid))}>
                Why?
              </Button>
            ),
          },
        ]}
      />
      {children}
      <Title order={2} size="h4">
        Traits
      </Title>
      <DataTable
        label="Traits"
        rows={of.traits}
        keyOf={(row) => String(row.sid)}
        textOf={(row) => `${row.name} ${row.sid}`}
        empty={<Text>It has no trait.</Text>}
        columns={[
          {
            title: 'Name',
            by: (row) => row.name,
            cell: (row) => (
              <Anchor component={Link} to={`/audience/traits/${row.sid}`}>
                {row.name}
              </Anchor>
            ),
          },
          { title: 'Times', by: (row) => row.count, align: 'right', cell: (row) => number(row.count) },
          { title: 'First', by: (row) => row.firstRealization, cell: (row) => when(row.firstRealization) },
          { title: 'Last', by: (row) => row.lastRealization, cell: (row) => when(row.lastRealization) },
          { title: 'Until', by: (row) => row.expires ?? Number.MAX_SAFE_INTEGER, cell: (row) => (row.expires === null ? 'for good' : when(row.expires)) },
        ]}
      />
      <Title order={2} size="h4">
        Other ids
      </Title>
      <DataTable
        label="Other ids"
        rows={of.ids}
        keyOf={(row) => `${row.namespace}/${row.id}`}
        textOf={(row) => `${row.namespace} ${row.id}`}
        empty={<Text>No other id is linked to it.</Text>}
        columns={[
          {
            title: 'Id',
            by: (row) => row.id,
            cell: (row) => (
              <Anchor component={Link} to={profilePath(row)} style={{ overflowWrap: 'anywhere' }}>
                {row.id}
              </Anchor>
            ),
          },
          { title: 'Namespace', by: (row) => row.namespace, cell: (row) => row.namespace },
          { title: 'Is a', cell: (row) => (row.isDevice ? 'device' : 'person') },
          { title: 'Last seen', by: (row) => row.lastSeen, cell: (row) => when(row.lastSeen) },
        ]}
      />
    </>
  )
}
