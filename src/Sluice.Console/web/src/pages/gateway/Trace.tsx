import { Accordion, Badge, Code, Group, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { type Column, DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'

type Transaction = { id: string; verb: string; uri: string; status: number; startedAt: number; elapsedMicroseconds: number; completed: boolean }
type Property = { name: string; value: string }
type Access = { name: string; value?: string | null; success?: boolean }
type Result = {
  ActionResult: string
  properties?: { property: Property[] }
  accessList?: { Get?: Access; Set?: Access }[]
  headers?: Property[]
  verb?: string
  uRI?: string
  statusCode?: string
  content?: string
  sluice?: { startedAtMicroseconds: number; elapsedMicroseconds: number }
}
type Point = { id: string; results: Result[] }

const milliseconds = (micros: number) => `${(micros / 1_000).toFixed(2)} ms`

/** What a debug session recorded: the requests, and of one of them each step with its time, its variables and why its cache hit or missed. */
export function Trace() {
  const { name, revision, session } = useParams() as { name: string; revision: string; session: string }
  const place = usePlace()
  const [chosen, setChosen] = useState<string | null>(null)
  const path = { ...place, name, revision, session }
  const found = useQuery({
    queryKey: ['session', path],
    refetchInterval: 1_000,
    queryFn: () => must(gateway.GET('/v1/organizations/{org}/environments/{env}/apis/{name}/revisions/{revision}/debugsessions/{session}', { params: { path } })),
  })
  const columns: Column<Transaction>[] = [
    {
      title: 'Request',
      by: (row) => row.startedAt,
      cell: (row) => (
        <button type="button" onClick={() => setChosen(row.id)} aria-pressed={chosen === row.id} style={{ background: 'none', border: 0, padding: 0, color: 'inherit', textDecoration: 'underline', cursor: 'pointer', font: 'inherit', textAlign: 'left' }}>
          {row.verb} {row.uri}
        </button>
      ),
    },
    { title: 'Status', by: (row) => row.status, cell: (row) => (row.completed ? <Badge color={row.status >= 500 ? 'red' : row.status >= 400 ? 'orange' : 'teal'}>{row.status}</Badge> : '…') },
    { title: 'Time', by: (row) => row.elapsedMicroseconds, align: 'right', cell: (row) => (row.completed ? milliseconds(row.elapsedMicroseconds) : '') },
    { title: 'At', by: (row) => row.startedAt, cell: (row) => when(row.startedAt) },
  ]
  const rows = found.data?.transactions as Transaction[] | undefined
  const shown = chosen ?? rows?.[0]?.id
  return (
    <Page
      title="Trace"
      above={[
        { title: 'Proxies', to: '/gateway/proxies' },
        { title: name, to: `/gateway/proxies/${encodeURIComponent(name)}` },
      ]}
    >
      {found.data && (
        <Text>
          Revision {revision}, {found.data.recording ? `watching until ${when(Date.parse(found.data.endTime))}, or ${found.data.count} requests` : 'no longer watching'}
          {found.data.filter ? `, only where ${found.data.filter}` : ''}.
        </Text>
      )}
      <DataTable label="Requests" rows={rows} error={found.error} columns={columns} keyOf={(row) => row.id} textOf={(row) => `${row.verb} ${row.uri} ${row.status}`} empty={<Text>Nothing has come yet. Send a request to the proxy; it shows here within a second.</Text>} />
      {shown && <Steps path={{ ...path, transaction: shown }} />}
    </Page>
  )
}

function Steps({ path }: { path: { org: string; env: string; name: string; revision: string; session: string; transaction: string } }) {
  const found = useQuery({
    queryKey: ['transaction', path],
    queryFn: () => must(gateway.GET('/v1/organizations/{org}/environments/{env}/apis/{name}/revisions/{revision}/debugsessions/{session}/data/{transaction}', { params: { path } })),
  })
  if (found.error) return <Text role="alert">{found.error.message}</Text>
  const points = (found.data?.point ?? []) as unknown as Point[]
  return (
    <Accordion variant="separated" multiple aria-label="Steps">
      {points.map((point, at) => (
        <Accordion.Item key={at} value={String(at)}>
          <Accordion.Control>
            <Heading point={point} />
          </Accordion.Control>
          <Accordion.Panel>
            <Details point={point} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}

const propertyOf = (point: Point, name: string) => point.results[0]?.properties?.property.find((one) => one.name === name)?.value

function Heading({ point }: { point: Point }) {
  const time = point.results[0]?.sluice
  const cache = propertyOf(point, 'sluice.cache.result')
  const skipped = propertyOf(point, 'sluice.skipped')
  const message = point.results.find((one) => one.verb ?? one.statusCode)
  const title =
    point.id === 'Execution'
      ? `${propertyOf(point, 'type')} ${propertyOf(point, 'stepDefinition-displayName')}`
      : point.id === 'Condition'
        ? `${propertyOf(point, 'Expression')}`
        : point.id === 'Error'
          ? `${propertyOf(point, 'fault')}`
          : message?.verb
            ? `${message.verb} ${message.uRI}`
            : message
              ? `Status ${message.statusCode}`
              : `Target ${propertyOf(point, 'target.url') ?? ''}`
  return (
    <Group gap="xs" wrap="wrap">
      <Text size="sm" c={skipped ? 'dimmed' : undefined} style={{ overflowWrap: 'anywhere' }}>
        {title}
      </Text>
      {point.id === 'Condition' && <Badge variant="light">{propertyOf(point, 'ExpressionResult')}</Badge>}
      {skipped && <Badge color="gray">skipped</Badge>}
      {propertyOf(point, 'result') === 'false' && <Badge color="red">failed</Badge>}
      {cache && <Badge color={cache.startsWith('HIT') ? 'teal' : cache.startsWith('STORED') ? 'blue' : 'orange'}>{cache.split(':')[0]}</Badge>}
      {time && !skipped && point.id !== 'Condition' && (
        <Text size="xs" c="dimmed">
          {milliseconds(time.elapsedMicroseconds)}
        </Text>
      )}
    </Group>
  )
}

function Details({ point }: { point: Point }) {
  return (
    <Stack gap="sm">
      {point.results.map((result, at) => (
        <div key={at}>
          {result.properties && <Pairs label="Properties" pairs={result.properties.property} />}
          {result.headers && <Pairs label="Headers" pairs={result.headers} />}
          {result.content && <Code block>{result.content}</Code>}
          {result.accessList && (
            <Pairs label="Variables" pairs={result.accessList.map((one) => ({ name: `${one.Set ? 'set' : 'read'} ${(one.Set ?? one.Get)?.name}`, value: (one.Set ?? one.Get)?.value ?? 'not set' }))} />
          )}
        </div>
      ))}
    </Stack>
  )
}

function Pairs({ label, pairs }: { label: string; pairs: Property[] }) {
  return (
    <Table aria-label={label} fz="sm">
      <Table.Tbody>
        {pairs.map((pair, at) => (
          <Table.Tr key={at}>
            <Table.Td w="40%">{pair.name}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{pair.value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
