import { Anchor, Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { number, Page } from '../../ui/Page'

/** The named caches of the environment, with what the policies that use them counted. */
export function Caches() {
  const place = usePlace()
  const caches = useQuery({
    queryKey: ['caches', place],
    queryFn: async () => {
      const [names, counts] = await Promise.all([
        must(gateway.GET('/v1/organizations/{org}/environments/{env}/caches', { params: { path: place } })),
        must(gateway.GET('/v1/organizations/{org}/environments/{env}/counts', { params: { path: place } })),
      ])
      const users = counts.proxies.flatMap((proxy) => proxy.caches)
      return names.map((name) => {
        const used = users.filter((one) => one.cache === name)
        return { name, policies: used.length, hits: used.reduce((sum, one) => sum + one.hits, 0), misses: used.reduce((sum, one) => sum + one.misses, 0) }
      })
    },
  })
  return (
    <Page title="Caches">
      <DataTable
        label="Caches"
        rows={caches.data}
        error={caches.error}
        keyOf={(row) => row.name}
        textOf={(row) => row.name}
        empty={<Text>No cache has a name here. Policies without a CacheResource use the shared one, which is not listed.</Text>}
        columns={[
          {
            title: 'Name',
            by: (row) => row.name,
            cell: (row) => (
              <Anchor component={Link} to={`/gateway/caches/${encodeURIComponent(row.name)}`}>
                {row.name}
              </Anchor>
            ),
          },
          { title: 'Policies', by: (row) => row.policies, align: 'right', cell: (row) => row.policies },
          { title: 'Hits', by: (row) => row.hits, align: 'right', cell: (row) => number(row.hits) },
          { title: 'Misses', by: (row) => row.misses, align: 'right', cell: (row) => number(row.misses) },
          { title: 'Hit ratio', by: (row) => row.hits / Math.max(1, row.hits + row.misses), align: 'right', cell: (row) => (row.hits + row.misses === 0 ? '' : `${Math.round((100 * row.hits) / (row.hits + row.misses))} %`) },
        ]}
      />
      <NewCache />
    </Page>
  )
}

/** A cache has to be there before a proxy that names it is deployed. */
function NewCache() {
  const path = usePlace()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => must(gateway.POST('/v1/organizations/{org}/environments/{env}/caches', { params: { path }, body: { name: name.trim() } })),
    onSuccess: () => {
      setName('')
      return queries.invalidateQueries({ queryKey: ['caches'] })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Group align="end">
        <TextInput label="Name of a new cache" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={255} w={{ base: '100%', sm: 320 }} />
        <Button type="submit" variant="light" loading={create.isPending} disabled={name.trim() === ''}>
          Create cache
        </Button>
      </Group>
      <Fault error={create.error} />
    </form>
  )
}
