import { Button, Group, NumberInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { number, Page, when } from '../../ui/Page'
import { listDeployments, readBundle } from './bundles/calls'
import { ImportBundle } from './bundles/ImportBundle'
import { Revisions } from './bundles/Revisions'

/** One API proxy: its revisions, what is deployed here, its response caches, and its debug sessions. */
export function Proxy() {
  const name = useParams().name!
  const place = usePlace()
  const api = { ...place, name }
  const proxy = useQuery({ queryKey: ['proxy', api], queryFn: () => readBundle('proxy', place.org, name) })
  const deployed = useQuery({
    queryKey: ['deployment', api],
    queryFn: async () => (await listDeployments('proxy', place)).find((one) => one.name === name) ?? null,
  })
  const counts = useQuery({
    queryKey: ['counts', api],
    queryFn: async () => (await must(gateway.GET('/v1/organizations/{org}/environments/{env}/counts', { params: { path: place } }))).proxies.find((one) => one.name === name) ?? null,
  })
  return (
    <Page title={name} above={[{ title: 'Proxies', to: '/gateway/proxies' }]}>
      <Fault error={proxy.error ?? deployed.error ?? counts.error} />
      {deployed.data && (
        <Text>
          Revision {deployed.data.revision} is served in {place.env} since {when(deployed.data.deployStartTime)}, at {(deployed.data.paths ?? []).join(', ') || '/'}.
          {counts.data && ` ${number(counts.data.requests)} requests since the server started, ${number(counts.data.clientErrors)} with 4xx, ${number(counts.data.serverErrors)} with 5xx.`}
        </Text>
      )}
      {deployed.data === null && <Text>Not deployed in {place.env}.</Text>}
      {proxy.data && <Revisions kind="proxy" name={name} revisions={proxy.data.revision} deployed={deployed.data?.revision} />}
      {proxy.data && <ImportBundle kind="proxy" name={name} />}
      {counts.data && counts.data.caches.length > 0 && (
        <>
          <Title order={2} size="h4">
            Response caches
          </Title>
          <DataTable
            label="Response caches"
            rows={counts.data.caches}
            keyOf={(cache) => cache.policy}
            textOf={(cache) => `${cache.policy} ${cache.cache}`}
            empty={null}
            columns={[
              { title: 'Policy', by: (cache) => cache.displayName, cell: (cache) => cache.displayName },
              { title: 'Cache', by: (cache) => cache.cache, cell: (cache) => cache.cache },
              { title: 'Hits', by: (cache) => cache.hits, align: 'right', cell: (cache) => number(cache.hits) },
              { title: 'Misses', by: (cache) => cache.misses, align: 'right', cell: (cache) => number(cache.misses) },
              { title: 'Hit ratio', by: (cache) => cache.hitRatio ?? -1, align: 'right', cell: (cache) => (cache.hitRatio === null || cache.hitRatio === undefined ? '' : `${Math.round(cache.hitRatio * 100)} %`) },
            ]}
          />
        </>
      )}
      {deployed.data && <Sessions revision={deployed.data.revision} api={api} />}
    </Page>
  )
}

function Sessions({ revision, api }: { revision: string; api: { org: string; env: string; name: string } }) {
  const go = useNavigate()
  const [filter, setFilter] = useState('')
  const [count, setCount] = useState(20)
  const path = { ...api, revision }
  const lead = (session: string) => `/gateway/proxies/${encodeURIComponent(api.name)}/trace/${revision}/${encodeURIComponent(session)}`
  const sessions = useQuery({
    queryKey: ['sessions', path],
    queryFn: async () => (await must(gateway.GET('/v1/organizations/{org}/environments/{env}/apis/{name}/revisions/{revision}/debugsessions', { params: { path } }))).sessions,
  })
  const begin = useMutation({
    mutationFn: () =>
      must(gateway.POST('/v1/organizations/{org}/environments/{env}/apis/{name}/revisions/{revision}/debugsessions', { params: { path }, body: { count, ...(filter.trim() === '' ? {} : { filter }) } })),
    onSuccess: (made) => go(lead(made.name)),
  })
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Trace
      </Title>
      <Group align="end">
        <TextInput label="Only requests where" placeholder='request.queryparam.w = "1"' value={filter} onChange={(event) => setFilter(event.currentTarget.value)} error={begin.error?.message} w={{ base: '100%', sm: 320 }} />
        <NumberInput label="At most" min={1} max={200} value={count} onChange={(value) => setCount(Number(value) || 20)} w={100} />
        <Button loading={begin.isPending} onClick={() => begin.mutate()}>
          Watch requests
        </Button>
      </Group>
      {(sessions.data ?? []).map((session) => (
        <Text key={session.id}>
          <Link to={lead(session.id)}>{session.id}</Link>, since {when(session.createTimestamp)}
        </Text>
      ))}
    </Stack>
  )
}
