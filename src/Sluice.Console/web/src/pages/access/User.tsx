import { Button, Group, Stack, Switch, Table, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { access, done, must } from '../../api/clients'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { Belonging } from './Belonging'
import type { UserRow } from './calls'
import { ShownOnce } from './ShownOnce'

/** One user: who it is, where they belong, and what is done when a password is forgotten or a device lost. */
export function User() {
  const path = { userId: Number(useParams().id) }
  const go = useNavigate()
  const queries = useQueryClient()
  const [password, setPassword] = useState<string>()
  const user = useQuery({ queryKey: ['user', path], queryFn: () => must(access.GET('/api/sluice/v1/users/{userId}', { params: { path } })) })
  const again = () => queries.invalidateQueries({ queryKey: ['user', path] })
  const row = user.data
  const isActive = row?.status === 'ACTIVE' || row?.status === 'PENDING'
  return (
    <Page
      title={row?.username ?? 'User'}
      above={[{ title: 'Users', to: '/access/users' }]}
      actions={
        row && (
          <>
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
            <Confirm action="Revoke tokens" title={`End all tokens of ${row.username}?`} run={() => done(access.POST('/api/sluice/v1/users/{userId}/revoke-tokens', { params: { path } }))} after={again}>
              Every program and browser that acts for this user is signed out within a second.
            </Confirm>
            {row.status !== 'LOCKED' && (
              <Confirm
                action={isActive ? 'Disable' : 'Enable'}
                title={isActive ? `Disable ${row.username}?` : `Enable ${row.username}?`}
                isDestructive={isActive}
                run={() => must(access.PATCH('/api/sluice/v1/users/{userId}', { params: { path }, body: { status: isActive ? 'INACTIVE' : 'ACTIVE' } }))}
                after={again}
              >
                {isActive ? 'The user is let in nowhere until somebody enables them again.' : 'The user can sign in again.'}
              </Confirm>
            )}
            <Confirm action="Delete" title={`Delete ${row.username}?`} run={() => done(access.DELETE('/api/sluice/v1/users/{userId}', { params: { path } }))} after={() => void go('/access/users')}>
              What they made stays; the account does not come back.
            </Confirm>
          </>
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
          <Details key={row.updatedAt} row={row} after={again} />
        </>
      )}
    </Page>
  )
}

function Details({ row, after }: { row: UserRow; after: () => void }) {
  const [names, setNames] = useState({ firstName: row.firstName ?? '', lastName: row.lastName ?? '', email: row.email ?? '' })
  const [places, setPlaces] = useState({ groups: row.groups, environments: row.environments })
  const [isAdmin, setAdmin] = useState(row.isAdmin)
  const save = useMutation({
    mutationFn: () => must(access.PATCH('/api/sluice/v1/users/{userId}', { params: { path: { userId: row.userId } }, body: { ...names, ...places, isAdmin } })),
    onSuccess: after,
  })
  const field = (name: keyof typeof names) => ({ value: names[name], onChange: (event: { currentTarget: { value: string } }) => setNames({ ...names, [name]: event.currentTarget.value }), maxLength: 255 })
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
        <Group grow>
          <TextInput label="First name" {...field('firstName')} />
          <TextInput label="Last name" {...field('lastName')} />
        </Group>
        <TextInput label="E-mail" {...field('email')} />
        <Belonging value={places} onChange={setPlaces} />
        <Switch label="Administrator" description="May do everything, and manage users, groups and clients." checked={isAdmin} onChange={(event) => setAdmin(event.currentTarget.checked)} />
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
