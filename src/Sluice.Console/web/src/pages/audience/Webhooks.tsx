import { Alert, Badge, Button, Code, Fieldset, Group, MultiSelect, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { CopyText } from '../../ui/CopyText'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { number, Page, when } from '../../ui/Page'
import { findSegments } from './calls'
import { ask } from './refusal'

type Hook = components['schemas']['ChangeWebhook']

/** The addresses that are told whenever somebody enters a segment or leaves it. */
export function Webhooks() {
  const place = usePlace()
  const queries = useQueryClient()
  const key = ['change-webhooks', place]
  const refresh = () => queries.invalidateQueries({ queryKey: key })
  const found = useQuery({ queryKey: key, queryFn: () => ask(audience.GET('/api/sluice/v1/segment-change-webhooks/')) })
  const turn = useMutation({
    mutationFn: (hook: Hook) => ask(audience.PUT('/api/sluice/v1/segment-change-webhooks/{webhookId}', { params: { path: { webhookId: hook.id } }, body: { enabled: !hook.enabled } })),
    onSuccess: refresh,
  })
  return (
    <Page title="Change webhooks">
      <NewWebhook after={refresh} />
      <Fault error={turn.error} />
      <DataTable<Hook>
        label="Change webhooks"
        rows={found.data}
        error={found.error}
        keyOf={(row) => String(row.id)}
        textOf={(row) => `${row.name} ${row.url}`}
        empty={<Text>There is no webhook yet. Add one above, and it is told of every entry and exit as it happens.</Text>}
        columns={[
          { title: 'Name', by: (row) => row.name, cell: (row) => row.name },
          { title: 'URL', by: (row) => row.url, cell: (row) => <Code style={{ overflowWrap: 'anywhere' }}>{row.url}</Code> },
          { title: 'Segments', by: (row) => row.segments.length, cell: (row) => (row.segments.length === 0 ? 'all' : row.segments.join(', ')) },
          { title: 'State', by: (row) => row.deliveries.state, cell: (row) => <State of={row} /> },
          { title: 'Delivered', by: (row) => row.deliveries.delivered, align: 'right', cell: (row) => number(row.deliveries.delivered) },
          { title: 'Waiting', by: (row) => row.deliveries.lag.changes, align: 'right', cell: (row) => number(row.deliveries.lag.changes) },
          {
            title: 'What now',
            cell: (row) => (
              <Group gap="xs" wrap="nowrap">
                <Button variant="light" onClick={() => turn.mutate(row)} aria-label={`${row.enabled ? 'Pause' : 'Resume'} ${row.name}`}>
                  {row.enabled ? 'Pause' : 'Resume'}
                </Button>
                <Confirm action="Delete" title={`Delete ${row.name}?`} run={() => ask(audience.DELETE('/api/sluice/v1/segment-change-webhooks/{webhookId}', { params: { path: { webhookId: row.id } } }))} after={() => void refresh()}>
                  It is told nothing more. This cannot be undone.
                </Confirm>
              </Group>
            ),
          },
        ]}
      />
    </Page>
  )
}

function State({ of }: { of: Hook }) {
  const { state, lastError, lastStatus, nextAttempt } = of.deliveries
  const word = of.enabled ? state : 'paused'
  return (
    <>
      <Badge color={word === 'delivering' ? 'teal' : word === 'paused' ? 'gray' : 'red'} styles={{ root: { overflow: 'visible' }, label: { overflow: 'visible' } }}>
        {word}
      </Badge>
      {of.enabled && state !== 'delivering' && (
        <Text size="xs">
          {lastError || lastStatus} {nextAttempt !== null && `Next attempt ${when(nextAttempt)}.`}
        </Text>
      )}
    </>
  )
}

function NewWebhook({ after }: { after: () => Promise<unknown> }) {
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [segments, setSegments] = useState<{ value: string; label: string }[]>([])
  const make = useMutation({
    mutationFn: () => ask(audience.POST('/api/sluice/v1/segment-change-webhooks/', { body: { name: name.trim(), url: url.trim(), segments: segments.map((one) => Number(one.value)) } })),
    onSuccess: async () => {
      setName('')
      setUrl('')
      setSegments([])
      await after()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Fieldset legend="Add a webhook">
        <Stack>
          <Group align="end">
            <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} w={{ base: '100%', sm: 220 }} />
            <TextInput label="URL" value={url} onChange={(event) => setUrl(event.currentTarget.value)} required placeholder="https://example.org/changes" w={{ base: '100%', sm: 320 }} />
            <PickSegments value={segments} onChange={setSegments} />
            <Button type="submit" loading={make.isPending} disabled={name.trim() === '' || url.trim() === ''}>
              Add
            </Button>
          </Group>
          <Fault error={make.error} />
          {make.data?.secret && (
            <Alert color="teal" role="status" title={`${make.data.name} is there.`}>
              What it is sent is signed with this secret, which is shown only now: <CopyText text={make.data.secret} label="the secret" />
            </Alert>
          )}
        </Stack>
      </Fieldset>
    </form>
  )
}

type Option = { value: string; label: string }

function PickSegments({ value, onChange }: { value: Option[]; onChange: (value: Option[]) => void }) {
  const place = usePlace()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text, 250)
  const found = useQuery({ queryKey: ['pick', 'segments', place, 'found', asked], refetchInterval: false, placeholderData: keepPreviousData, queryFn: () => findSegments(asked) })
  const known = new Map([...(found.data ?? []), ...value].map((one) => [one.value, one]))
  return (
    <MultiSelect
      label="Segments"
      data={[...known.values()]}
      value={value.map((one) => one.value)}
      onChange={(next) => onChange(next.map((one) => known.get(one) ?? { value: one, label: one }))}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      placeholder={value.length === 0 ? 'all of them' : undefined}
      nothingFoundMessage="No segment is found"
      w={{ base: '100%', sm: 300 }}
    />
  )
}
