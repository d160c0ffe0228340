import { Badge, Button, Group, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { access, done, must } from '../../api/clients'
import { useSelf } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'

type Health = { status: string; faults: string[] }

/** How the server is, what it opens, and what is set for the whole account. */
export function Settings() {
  const self = useSelf()
  // Its answer is the same with 200 and with 503.
  const health = useQuery({ queryKey: ['health'], queryFn: async (): Promise<Health> => (await fetch('/health/ready')).json() })
  const live = useQuery({ queryKey: ['live'], queryFn: async () => (await fetch('/health/live')).ok })
  const server = useQuery({ queryKey: ['overview', 1], queryFn: () => must(access.GET('/api/sluice/v1/overview', { params: { query: { minutes: 1 } } })) })
  return (
    <Page title="Settings and health">
      <Fault error={server.error} />
      <Table aria-label="Server" maw={640}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th w={170}>Live</Table.Th>
            <Table.Td>{live.data ? <Badge color="teal">live</Badge> : live.error ? <Badge color="red">not reached</Badge> : '…'}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Ready</Table.Th>
            <Table.Td>
              {health.data ? <Badge color={health.data.status === 'ready' ? 'teal' : 'red'}>{health.data.status}</Badge> : '…'}
              {(health.data?.faults ?? []).map((fault) => (
                <Text key={fault} role="alert" size="sm">
                  {fault}
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Version</Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{server.data?.version ?? '…'}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Running since</Table.Th>
            <Table.Td>{server.data ? when(server.data.since) : '…'}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Doors open</Table.Th>
            <Table.Td>{server.data?.doors.join(', ') ?? '…'}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Environments</Table.Th>
            <Table.Td>{self.environments.join(', ')}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Organisation</Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {self.organization} ({self.orgId})
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Signed in as</Table.Th>
            <Table.Td>{self.name}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {self.isAdmin ? (
        <>
          <Account />
          <SigningKeys />
        </>
      ) : (
        <Text size="sm">Account settings and signing keys are for administrators.</Text>
      )}
    </Page>
  )
}

function Account() {
  const queries = useQueryClient()
  const account = useQuery({ queryKey: ['account'], queryFn: () => must(access.GET('/api/sluice/v1/account')) })
  const isOn = account.data?.roleBasedAccess
  const [isAsked, setAsked] = useState(false)
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Account
      </Title>
      <Fault error={account.error} />
      {isOn !== undefined && (
        <>
          <Switch
            label="Role-based access"
            description="On: rights come from groups. Off: everybody who is signed in may do everything but administer."
            checked={isAsked ? !isOn : isOn}
            onChange={() => setAsked(!isAsked)}
          />
          {isAsked && (
            <Group>
              <Confirm
                action={isOn ? 'Switch it off' : 'Switch it on'}
                title={isOn ? 'Let everybody do everything?' : 'Let rights come from groups?'}
                isDestructive={isOn}
                run={() => must(access.PUT('/api/sluice/v1/account', { body: { roleBasedAccess: !isOn } }))}
                after={() => void queries.invalidateQueries().then(() => setAsked(false))}
              >
                {isOn ? 'Every user and client of the account sees and changes everything at once, except users, groups, clients and these settings.' : 'Who is in no group, and is no administrator, may do nothing from now on.'}
              </Confirm>
              <Button variant="default" onClick={() => setAsked(false)}>
                Leave it
              </Button>
            </Group>
          )}
        </>
      )}
    </Stack>
  )
}

function SigningKeys() {
  const queries = useQueryClient()
  const again = () => void queries.invalidateQueries({ queryKey: ['signing-keys'] })
  const keys = useQuery({ queryKey: ['signing-keys'], queryFn: async () => (await must(access.GET('/api/sluice/v1/signing-keys', { params: { query: { limit: 100 } } }))).items })
  const add = useMutation({ mutationFn: () => must(access.POST('/api/sluice/v1/signing-keys', { body: { activeIn: 600 } })), onSuccess: again })
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Signing keys
      </Title>
      <Text size="sm">They sign the tokens, and are replaced by themselves. A new one signs after ten minutes, when everybody who checks tokens has had time to fetch it.</Text>
      <Fault error={keys.error ?? add.error} />
      {keys.data && (
        <Table.ScrollContainer minWidth={620} maw={860}>
          <Table aria-label="Signing keys">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Key</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Created</Table.Th>
                <Table.Th>Signs from</Table.Th>
                <Table.Th>Delete</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.data.map((key) => (
                <Table.Tr key={key.keyId}>
                  <Table.Td>{key.keyId}</Table.Td>
                  <Table.Td>
                    <Status of={key.state} />
                  </Table.Td>
                  <Table.Td>{when(key.createdAt)}</Table.Td>
                  <Table.Td>{when(key.activeAt)}</Table.Td>
                  <Table.Td>
                    {key.state !== 'retired' && (
                      <Confirm action="Delete" title={`Delete the key ${key.keyId}?`} run={() => done(access.DELETE('/api/sluice/v1/signing-keys/{keyId}', { params: { path: { keyId: key.keyId } } }))} after={again}>
                        Every token that it signed is refused within a second, on every node; this page then signs in again.
                      </Confirm>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group>
        <Button variant="light" loading={add.isPending} onClick={() => add.mutate()}>
          Add a key
        </Button>
      </Group>
    </Stack>
  )
}
