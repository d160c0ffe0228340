import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { access, done, must } from '../../api/clients'
import { useSelf } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import type { ClientRow } from './calls'
import { ClientFields } from './ClientFields'
import { ClientToken } from './ClientToken'
import { Keys } from './Keys'
import { ShownOnce } from './ShownOnce'

/** One client: what it signs in with, what it may do, and a token of it to try things out. */
export function Client() {
  const path = { clientId: useParams().id! }
  const { orgId } = useSelf()
  const go = useNavigate()
  const queries = useQueryClient()
  const [secret, setSecret] = useState(() => queries.getQueryData<string>(['secret', path.clientId]) ?? '')
  // Shown this once, also to whoever comes back to the page.
  useEffect(() => queries.removeQueries({ queryKey: ['secret', path.clientId] }), [queries, path.clientId])
  const found = useQuery({ queryKey: ['client', path], queryFn: () => must(access.GET('/api/sluice/v1/clients/{clientId}', { params: { path } })) })
  const again = () => void queries.invalidateQueries({ queryKey: ['client', path] })
  const client = found.data
  return (
    <Page
      title={client?.name ?? 'Client'}
      above={[{ title: 'Clients', to: '/access/clients' }]}
      actions={
        client && (
          <>
            <Confirm action="Revoke tokens" title={`End all tokens of ${client.name}?`} run={() => done(access.POST('/api/sluice/v1/clients/{clientId}/revoke-tokens', { params: { path } }))}>
              Whoever uses them is refused within a second, and may ask for new ones.
            </Confirm>
            <Confirm
              action={client.enabled ? 'Disable' : 'Enable'}
              title={client.enabled ? `Disable ${client.name}?` : `Enable ${client.name}?`}
              isDestructive={client.enabled}
              run={() => must(access.PATCH('/api/sluice/v1/clients/{clientId}', { params: { path }, body: { enabled: !client.enabled } }))}
              after={again}
            >
              {client.enabled ? 'It and its tokens are let in nowhere until somebody enables it again.' : 'It is let in again.'}
            </Confirm>
            <Confirm action="Delete" title={`Delete ${client.name}?`} run={() => done(access.DELETE('/api/sluice/v1/clients/{clientId}', { params: { path } }))} after={() => void go('/access/clients')}>
              Its secrets, keys, tokens and account are gone with it.
            </Confirm>
          </>
        )
      }
    >
      <Fault error={found.error} />
      {secret !== '' && <ShownOnce title="The secret of this client" label="New client secret" text={secret} />}
      {client && (
        <>
          <Group gap="xl" align="start">
            <Labelled title="API key (client id)">
              <CopyText text={client.clientId} label="API key" />
            </Labelled>
            <Labelled title="Organisation id">
              <CopyText text={orgId} label="Organisation id" />
            </Labelled>
            <Labelled title="State">
              <Status of={client.enabled ? 'enabled' : 'disabled'} />
            </Labelled>
            <Labelled title="Created">
              <Text size="sm">{when(client.createdAt)}</Text>
            </Labelled>
          </Group>
          {client.grantTypes.includes('client_credentials') && !client.public && <ClientToken client={client} known={secret} />}
          {!client.public && <Keys client={client} onSecret={setSecret} after={again} />}
          <Details key={client.updatedAt} client={client} after={again} />
        </>
      )}
    </Page>
  )
}

function Labelled({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Stack gap={4}>
      <Text fw={600} size="sm">
        {title}
      </Text>
      {children}
    </Stack>
  )
}

function Details({ client, after }: { client: ClientRow; after: () => void }) {
  const { name, kind, grantTypes, redirectUris, groups, environments, isAdmin, trusted } = client
  const [values, setValues] = useState({ name, kind, grantTypes, redirectUris, groups, environments, isAdmin, trusted })
  const save = useMutation({
    mutationFn: () => {
      const { kind: _, ...changed } = values
      return must(access.PATCH('/api/sluice/v1/clients/{clientId}', { params: { path: { clientId: client.clientId } }, body: changed }))
    },
    onSuccess: after,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack maw={560}>
        <Title order={2} size="h4">
          Details and rights
        </Title>
        <ClientFields values={values} onChange={setValues} />
        <Fault error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          {save.isSuccess && <Text role="status">Saved.</Text>}
        </Group>
      </Stack>
    </form>
  )
}
