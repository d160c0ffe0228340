import { Button, Switch, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { access, done, must } from '../../api/clients'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import { Form, useDraft } from '../../ui/Form'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { AccountActions } from './AccountActions'
import { Belonging } from './Belonging'
import type { UserRow } from './calls'
import { NameFields } from './NameFields'
import { ShownOnce } from './ShownOnce'

/** One user: who it is, where they belong, and what is done when a password is forgotten or a device lost. */
export function User() {
  const path = { userId: Number(useParams().id) }
  const queries = useQueryClient()
  const [password, setPassword] = useState<string>()
  const user = useQuery({ queryKey: ['user', path], queryFn: () => must(access.GET('/api/sluice/v1/users/{userId}', { params: { path } })) })
  const again = () => queries.invalidateQueries({ queryKey: ['user', path] })
  const row = user.data
  return (
    <Page
      title={row?.username ?? 'User'}
      above={[{ title: 'Users', to: '/access/users' }]}
      actions={
        row && (
          <AccountActions
            name={row.username}
            isLetIn={row.status === 'LOCKED' ? undefined : row.status !== 'INACTIVE'}
            revokeTokens={() => done(access.POST('/api/sluice/v1/users/{userId}/revoke-tokens', { params: { path } }))}
            letIn={(isLetIn) => must(access.PATCH('/api/sluice/v1/users/{userId}', { params: { path }, body: { status: isLetIn ? 'ACTIVE' : 'INACTIVE' } }))}
            remove={() => done(access.DELETE('/api/sluice/v1/users/{userId}', { params: { path } }))}
            after={again}
            list="/access/users"
            words={{
              revoke: 'Every program and browser that acts for this user is signed out within a second.',
              disable: 'The user is let in nowhere until somebody enables them again.',
              enable: 'The user can sign in again.',
              remove: 'What they made stays; the account does not come back.',
            }}
          >
            {row.status === 'LOCKED' && (
              <Button variant="light" onClick={() => void done(access.POST('/api/sluice/v1/users/{userId}/unlock', { params: { path } })).then(again)}>
                Unlock
              </Button>
            )}
            {!row.clientId && (
              <Confirm
                action="New password"
                title={`Give ${row.username} a new password?`}
                isDestructive={false}
                run={async () => setPassword((await must(access.POST('/api/sluice/v1/users/{userId}/password', { params: { path }, body: {} }))).password)}
                after={again}
              >
                The old one ends at once, and with it all tokens and sign-ins. The new one is shown once.
              </Confirm>
            )}
          </AccountActions>
        )
      }
    >
      <Fault error={user.error} />
      {password && <ShownOnce title={`Hand this to ${row?.username}`} label="New password" text={password} />}
      {row && (
        <>
          <Table aria-label="User" maw={640}>
            <Table.Tbody>
              <Table.Tr>
                <Table.Th w={170}>State</Table.Th>
                <Table.Td>
                  <Status of={row.status.toLowerCase()} />
                  {row.status === 'PENDING' && <Text size="sm">The password is temporary and changed at the next sign-in.</Text>}
                  {row.lockedUntil && <Text size="sm">After wrong passwords, until {when(row.lockedUntil)}.</Text>}
                </Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Kind</Table.Th>
                <Table.Td>{row.clientId ? `Account of the client ${row.clientId}` : row.apiOnly ? 'API only' : 'Person'}</Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Password of</Table.Th>
                <Table.Td>{when(row.passwordSetAt)}</Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th>Created</Table.Th>
                <Table.Td>{when(row.createdAt)}</Table.Td>
              </Table.Tr>
            </Table.Tbody>
          </Table>
          <Details row={row} after={again} />
        </>
      )}
    </Page>
  )
}

function Details({ row, after }: { row: UserRow; after: () => Promise<unknown> }) {
  const { groups, environments, isAdmin } = row
  const draft = useDraft({ firstName: row.firstName ?? '', lastName: row.lastName ?? '', email: row.email ?? '', groups, environments, isAdmin })
  const { values, change } = draft
  const save = useMutation({
    mutationFn: () => must(access.PATCH('/api/sluice/v1/users/{userId}', { params: { path: { userId: row.userId } }, body: draft.changed })),
    onSuccess: () => after().then(draft.forget),
  })
  return (
    <Form action="Save" submit={() => save.mutate()} doing={save} isSaved={!draft.isChanged}>
      <Title order={2} size="h4">
        Details and rights
      </Title>
      <NameFields values={values} change={change} />
      <Belonging value={values} onChange={change} />
      <Switch label="Administrator" description="May do everything, and manage users, groups and clients." checked={values.isAdmin} onChange={(event) => change({ isAdmin: event.currentTarget.checked })} />
    </Form>
  )
}
