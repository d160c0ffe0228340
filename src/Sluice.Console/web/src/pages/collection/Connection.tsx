import { Alert, Anchor, Button, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { collection, done, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { Status } from '../../ui/Status'
import { type ConnectionRow, dataset, findDatasets, sampleOf } from './calls'
import { curlOf, freshen } from './curl'

/** One connection: its address, whether it takes messages, and a command that sends the first one. */
export function Connection() {
  const id = useParams().id!
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [query] = useSearchParams()
  const path = { id }
  const found = useQuery({
    queryKey: ['connection', place, id],
    queryFn: async () => (await must(collection.GET('/data/foundation/flowservice/connections/{id}', { params: { path } }))).items[0] as ConnectionRow,
  })
  const refresh = () => Promise.all([queries.invalidateQueries({ queryKey: ['connection', place, id] }), queries.invalidateQueries({ queryKey: ['connections'] })])
  const turn = useMutation({
    mutationFn: (op: 'enable' | 'disable') => must(collection.POST('/data/foundation/flowservice/connections/{id}/action', { params: { path, query: { op } } })),
    onSuccess: refresh,
  })
  const connection = found.data
  return (
    <Page
      title={connection?.name ?? 'Connection'}
      above={[{ title: 'Connections', to: '/connections' }]}
      actions={
        connection && (
          <>
            {connection.state === 'enabled' ? (
              <Confirm action="Disable" title={`Disable ${connection.name}?`} run={() => turn.mutateAsync('disable')} isDestructive={false}>
                Producers that send to it are refused until it is enabled again.
              </Confirm>
            ) : (
              <Button variant="light" loading={turn.isPending} onClick={() => turn.mutate('enable')}>
                Enable
              </Button>
            )}
            <Confirm
              action="Delete connection"
              title={`Delete ${connection.name}?`}
              run={() => done(collection.DELETE('/data/foundation/flowservice/connections/{id}', { params: { path } }))}
              after={() => {
                void go('/connections')
                queries.removeQueries({ queryKey: ['connection', place, id] })
                void queries.invalidateQueries({ queryKey: ['connections'] })
              }}
            >
              Its address takes no more messages, and the flows that hang on it go with it. What has come in stays. This cannot be undone.
            </Confirm>
          </>
        )
      }
    >
      <Fault error={found.error ?? turn.error} />
      {query.get('new') && (
        <Alert color="teal" role="status" title="The connection is there.">
          Next: send it a message. The command below does it as it stands.
        </Alert>
      )}
      {connection && (
        <>
          {connection.description && <Text>{connection.description}</Text>}
          <Stack gap={4}>
            <Text fw={600} size="sm">
              Endpoint
            </Text>
            <CopyText text={connection.auth.params.inletUrl} label="Endpoint" />
          </Stack>
          <Table aria-label="Connection" maw={640}>
            <Table.Tbody>
              <Table.Tr>
                <Table.Th w={160}>State</Table.Th>
                <Table.Td>
                  <Status of={connection.state} />
                </Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Token</Table.Th>
                <Table.Td>{connection.auth.params.authenticationRequired ? 'Required: an Authorization header with a token of this server' : 'Not asked for'}</Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Source</Table.Th>
                <Table.Td>{connection.auth.params.sourceId}</Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Connection ID</Table.Th>
                <Table.Td>
                  <CopyText text={connection.id} label="Connection ID" />
                </Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Created</Table.Th>
                <Table.Td>
                  {when(connection.createdAt)} by {connection.createdBy}
                </Table.Td>
              </Table.Tr>
            </Table.Tbody>
          </Table>
          <FirstMessage connection={connection} />
        </>
      )}
    </Page>
  )
}

function FirstMessage({ connection }: { connection: ConnectionRow }) {
  const place = usePlace()
  const [chosen, setChosen] = useState(connection.auth.params.datasetId ?? '')
  const message = useQuery({
    queryKey: ['first-message', place, chosen],
    enabled: chosen !== '',
    refetchInterval: false,
    refetchOnWindowFocus: false,
    queryFn: async () => {
      const target = await dataset(chosen)
      const schemaId = target.schemaRef?.id ?? ''
      return { name: target.name, org: target.imsOrg ?? '', schemaId, entity: freshen(await sampleOf(schemaId)) }
    },
  })
  const params = connection.auth.params
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Send a message
      </Title>
      <PickFromServer label="Dataset" description="The message is a sample of its schema." queryKey={['pick', 'datasets', place]} find={findDatasets} value={chosen} onChange={setChosen} placeholder="Choose a dataset" nothing="No dataset is found" width={360} />
      <Fault error={message.error} />
      {chosen === '' && <Text size="sm">Choose a dataset, and the command that sends a message to it stands here.</Text>}
      {message.data && chosen !== '' && (
        <>
          {params.authenticationRequired && (
            <Text size="sm">
              This connection asks for a token: set <code>SLUICE_TOKEN</code> to one that <code>/ims/token/v3</code> gave your client.
            </Text>
          )}
          <CopyText
            isBlock
            label="the command"
            text={curlOf({ url: params.inletUrl, needsToken: params.authenticationRequired, org: message.data.org, schemaId: message.data.schemaId, datasetId: chosen, source: params.sourceId, entity: message.data.entity })}
          />
          <Text size="sm">
            It then stands among the{' '}
            <Anchor component={Link} to={`/live?dataset=${chosen}`}>
              live messages
            </Anchor>{' '}
            at once, and in{' '}
            <Anchor component={Link} to={`/datasets/${chosen}`}>
              the dataset's activity
            </Anchor>{' '}
            when its batch has landed.
          </Text>
        </>
      )}
    </Stack>
  )
}
