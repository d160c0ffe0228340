import { Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { number, Page, when } from '../../ui/Page'

/** One named cache: its entries, and clearing it by key, by prefix, or whole. */
export function Cache() {
  const cache = useParams().cache!
  const place = usePlace()
  const queries = useQueryClient()
  const [prefix, setPrefix] = useState('')
  const path = { ...place, cache }
  const entries = useQuery({
    queryKey: ['entries', path],
    queryFn: async () => (await must(gateway.GET('/v1/organizations/{org}/environments/{env}/caches/{cache}/entries', { params: { path } }))).entries,
  })
  const clear = useMutation({
    mutationFn: (what: { key?: string; prefix?: string }) =>
      what.key === undefined
        ? must(gateway.POST('/v1/organizations/{org}/environments/{env}/caches/{cache}/entries', { params: { path, query: { action: 'clear', ...(what.prefix ? { prefix: what.prefix } : {}) } } }))
        : must(gateway.POST('/v1/organizations/{org}/environments/{env}/caches/{cache}/entries/{key}', { params: { path: { ...path, key: what.key }, query: { action: 'clear' } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['entries', path] }),
  })
  return (
    <Page title={cache} above={[{ title: 'Caches', to: '/gateway/caches' }]}>
      {clear.error && (
        <Alert color="red" role="alert">
          {clear.error.message}
        </Alert>
      )}
      {clear.data && (
        <Text role="status">
          {number(clear.data.cleared)} {clear.data.cleared === 1 ? 'entry' : 'entries'} cleared.
        </Text>
      )}
      <Group align="end">
        <TextInput label="Keys that begin with" description="Whole parts, as they are joined by __." value={prefix} onChange={(event) => setPrefix(event.currentTarget.value)} w={{ base: '100%', sm: 320 }} />
        <Button color="red" variant="light" loading={clear.isPending} onClick={() => clear.mutate({ prefix: prefix.trim() })}>
          {prefix.trim() === '' ? 'Clear all' : 'Clear these'}
        </Button>
      </Group>
      <DataTable
        label="Entries"
        rows={entries.data}
        error={entries.error}
        keyOf={(entry) => entry.key}
        textOf={(entry) => entry.key}
        empty={<Text>Nothing is cached here now.</Text>}
        columns={[
          { title: 'Key', by: (entry) => entry.key, cell: (entry) => <span style={{ overflowWrap: 'anywhere' }}>{entry.key}</span> },
          { title: 'Bytes', by: (entry) => entry.bytes, align: 'right', cell: (entry) => number(entry.bytes) },
          { title: 'Stored', by: (entry) => entry.storedAt, cell: (entry) => when(entry.storedAt) },
          { title: 'Ends', by: (entry) => entry.expiresAt, cell: (entry) => when(entry.expiresAt) },
          {
            title: '',
            cell: (entry) => (
              <Button size="xs" variant="subtle" color="red" aria-label={`Clear ${entry.key}`} onClick={() => clear.mutate({ key: entry.key })}>
                Clear
              </Button>
            ),
          },
        ]}
      />
    </Page>
  )
}
