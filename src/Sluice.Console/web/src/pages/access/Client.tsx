import { Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useParams } from 'react-router'
import { access, done, must } from '../../api/clients'
import { useSelf } from '../../Shell'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Form, useDraft } from '../../ui/Form'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { AccountActions } from './AccountActions'
import type { ClientRow } from './calls'
import { ClientFields, type ClientValues } from './ClientFields'
import { ClientToken } from './ClientToken'
import { Keys } from './Keys'
import { ShownOnce } from './ShownOnce'

/** One client: what it signs in with, what it may do, and a token of it to try things out. */
export function Client() {
  const path = { clientId: useParams().id! }
  const { orgId } = useSelf()
  const queries = useQueryClient()
  const [secret, setSecret] = useState(() => queries.getQueryData<string>(['secret', path.clientId]) ?? '')
  // Shown this once, also to whoever comes back to the page.
  useEffect(() => queries.removeQueries({ queryKey: ['secret', path.clientId] }), [queries, path.clientId])
  const found = useQuery({ queryKey: ['client', path], queryFn: () => must(access.GET('/api/sluice/v1/clients/{clientId}', { params: { path } })) })
  const again = () => queries.invalidateQueries({ queryKey: ['client', path] })
  const client = found.data
  return (
    <Page
      title={client?.name ?? 'Client'}
      above={[{ title: 'Clients', to: '/access/clients' }]}
      actions={
        client && (
          <AccountActions
            name={client.name}
            isLetIn={client.enabled}
            revokeTokens={() => done(access.POST('/api/sluice/v1/clients/{clientId}/revoke-tokens', { params: { path } }))}
            letIn={(enabled) => must(access.PATCH('/api/sluice/v1/clients/{clientId}', { params: { path }, body: { enabled } }))}
            remove={() => done(access.DELETE('/api/sluice/v1/clients/{clientId}', { params: { path } }))}
            after={again}
            list="/access/clients"
            words={{
              revoke: 'Whoever uses them is refused within a second, and may ask for new ones.',
              disable: 'It and its tokens are let in nowhere until somebody enables it again.',
              enable: 'It is let in again.',
              remove: 'Its secrets, keys, tokens and account are gone with it.',
            }}
          />
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
          <Details client={client} after={again} />
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

function Details({ client, after }: { client: ClientRow; after: () => Promise<unknown> }) {
  const { name, kind, grantTypes, redirectUris, groups, environments, isAdmin, trusted } = client
  const draft = useDraft<ClientValues>({ name, kind, grantTypes, redirectUris, groups, environments, isAdmin, trusted })
  const save = useMutation({
    mutationFn: () => must(access.PATCH('/api/sluice/v1/clients/{clientId}', { params: { path: { clientId: client.clientId } }, body: draft.changed })),
    onSuccess: () => after().then(draft.forget),
  })
  return (
    <Form action="Save" submit={() => save.mutate()} doing={save} isSaved={!draft.isChanged}>
      <Title order={2} size="h4">
        Details and rights
      </Title>
      <ClientFields values={draft.values} change={draft.change} />
    </Form>
  )
}
