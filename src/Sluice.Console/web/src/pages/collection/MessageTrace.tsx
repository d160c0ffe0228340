import { Alert, Anchor, Button, Code, Group, List, Text, TextInput, Timeline } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { Link } from 'react-router'
import { audience, collection, must } from '../../api/clients'
import type { components } from '../../api/generated/collection'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { JsonView } from '../../ui/JsonView'
import { number, Page, when } from '../../ui/Page'
import { useChoice } from '../../ui/tableState'
import { dataset, isForProfiles, schemaPath } from './calls'

type Event = components['schemas']['TraceEvent']
type Dataset = { id: string; name?: string; forProfiles: boolean }

/** Finds one message by the id that its sender was told, and shows its way: request, verdict, journal, batch, profiles. */
export function MessageTrace() {
  const place = usePlace()
  const [id, setId] = useChoice('id')
  const [text, setText] = useState(id)
  useEffect(() => setText(id), [id])
  const trace = useQuery({
    queryKey: ['trace', place, id],
    enabled: id !== '',
    retry: false,
    queryFn: () => must(collection.GET('/api/sluice/v1/trace/{xactionId}', { params: { path: { xactionId: id } } })),
  })
  const events = trace.data?.events ?? []
  const datasetId = events.map((one) => ('datasetId' in one ? one.datasetId : '')).find((one) => one !== '') ?? ''
  const target = useQuery({
    queryKey: ['trace-dataset', place, datasetId],
    enabled: datasetId !== '',
    refetchInterval: false,
    retry: false,
    queryFn: async (): Promise<Dataset> => {
      const found = await dataset(datasetId)
      return { id: datasetId, name: found.name, forProfiles: isForProfiles(found) }
    },
  })
  const hasLanded = events.some((one) => one.event === 'landed')
  const wasTaken = events.some((one) => one.event === 'validated')
  return (
    <Page title="Trace a message">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setId(text.trim())
        }}
      >
        <Group align="end">
          <TextInput label="xactionId" description="It stands in the answer to each message, such as 1565628583792:1485:153:0." value={text} onChange={(event) => setText(event.currentTarget.value)} w={{ base: '100%', sm: 380 }} required />
          <Button type="submit" loading={trace.isFetching && trace.data === undefined}>
            Follow it
          </Button>
        </Group>
      </form>
      <Fault error={trace.error} />
      {id === '' && <Text>Write the id of a message, or follow a link from the live or the failed messages.</Text>}
      {trace.data && (
        <>
          <Timeline active={events.length} bulletSize={18} lineWidth={2} aria-label="Way of the message">
            {events.map((one, at) => (
              <Timeline.Item key={at} title={titles[one.event]} color={one.event === 'rejected' ? 'red' : undefined}>
                <Text size="xs" c="dimmed">
                  {when(one.time)}
                  {at > 0 && ` · ${span(one.time - events[at - 1]!.time)} later`}
                </Text>
                <Details event={one} target={target.data} />
              </Timeline.Item>
            ))}
            {wasTaken && (
              <Timeline.Item title="Profiles and segments" lineVariant="dashed">
                <Text size="sm">
                  {target.data === undefined
                    ? 'Its dataset is not there any more.'
                    : target.data.forProfiles
                      ? 'Its dataset is for profiles: the profile engine reads it from the journal, beside landing.'
                      : 'Its dataset is not for profiles, so it changes none.'}
                </Text>
                {target.data?.forProfiles && <Memberships id={id} since={events[0]!.time} />}
              </Timeline.Item>
            )}
          </Timeline>
          {!hasLanded && (
            <Alert role="status" color="blue">
              It is on disk in the journal, and lands in a batch when its window is cut. This page looks again every few seconds.
            </Alert>
          )}
        </>
      )}
    </Page>
  )
}

/** Who came into a segment or left it by the message. */
function Memberships({ id, since }: { id: string; since: number }) {
  const place = usePlace()
  const changes = useQuery({
    queryKey: ['trace-changes', place, id],
    retry: false,
    queryFn: async () => {
      const page = await must(audience.GET('/api/sluice/v1/segment-changes', { params: { query: { since: since - 1_000, detail: id } } }))
      return typeof page === 'string' ? [] : page.changes // as text only where a stream was asked for
    },
  })
  if (changes.error || changes.data === undefined) return <Fault error={changes.error} />
  if (changes.data.length === 0) return <Text size="sm">It has taken nobody into a segment, nor out of one.</Text>
  return (
    <List size="sm" aria-label="Segments that it changed">
      {changes.data.map((one) => (
        <List.Item key={one.seq} style={{ overflowWrap: 'anywhere' }}>
          {one.newState === 'in' ? 'Into ' : 'Out of '}
          <Anchor component={Link} to={`/audience/segments/${one.segment}`}>
            segment {one.segment}
          </Anchor>
          : <Code>{one.id}</Code>
        </List.Item>
      ))}
    </List>
  )
}

const titles: Record<Event['event'], string> = {
  received: 'The request came in',
  validated: 'It passed',
  rejected: 'It was refused',
  stored: 'It was stored in the journal',
  landed: 'It landed in a batch',
  resent: 'It was put right and sent again',
}

const span = (ms: number) => (ms < 1_000 ? `${ms} ms` : ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${number(Math.round(ms / 60_000))} min`)

function Details({ event, target }: { event: Event; target: Dataset | undefined }): ReactNode {
  switch (event.event) {
    case 'received':
      return (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          At the inlet <Code>{event.inletId.slice(0, 16)}…</Code>, {event.authenticated ? 'with a token' : 'without a token'}, in the request <Code>{event.batchId}</Code>
        </Text>
      )
    case 'validated':
    case 'rejected':
      return (
        <>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {event.schemaId && (
              <>
                By the schema{' '}
                <Anchor component={Link} to={schemaPath(event.schemaId)}>
                  {event.schemaId.split('/').at(-1)}
                </Anchor>
                {event.datasetId && ', '}
              </>
            )}
            {event.datasetId && (
              <>
                for the dataset{' '}
                <Anchor component={Link} to={`/datasets/${event.datasetId}`}>
                  {target?.name ?? event.datasetId}
                </Anchor>
              </>
            )}
          </Text>
          {event.errors && <JsonView value={event.errors} label="Errors" maxHeight={240} />}
        </>
      )
    case 'stored':
      return (
        <Text size="sm">
          Segment <Code>{event.segment}</Code>, offset {number(event.offset)}
        </Text>
      )
    case 'landed':
      return (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {target ? (
            <Anchor component={Link} to={`/datasets/${target.id}/batches/${event.batchId}`}>
              Batch {event.batchId}
            </Anchor>
          ) : (
            `Batch ${event.batchId}`
          )}{' '}
          ({event.status}), line {number(event.line)} of its file
        </Text>
      )
    default:
      return null
  }
}
