import { Anchor, Button, Group, MultiSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { gateway, must } from '../../../api/clients'
import { usePlace } from '../../../Shell'
import { Confirm } from '../../../ui/Confirm'
import { DataTable } from '../../../ui/DataTable'
import { Fault } from '../../../ui/Fault'
import { Form, useDraft } from '../../../ui/Form'
import { Page } from '../../../ui/Page'
import { Status } from '../../../ui/Status'
import { appPath, type DeveloperRow, listAppsOf, listProducts } from './calls'

/** One developer: who it is, whether their keys count, and their apps. */
export function Developer() {
  const { org } = usePlace()
  const path = { org, developer: useParams().email! }
  const go = useNavigate()
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: ['developer', path] })
  const found = useQuery({ queryKey: ['developer', path], refetchInterval: false, queryFn: () => must(gateway.GET('/v1/organizations/{org}/developers/{developer}', { params: { path } })) })
  const apps = useQuery({ queryKey: ['developer', path, 'apps'], queryFn: () => listAppsOf(org, path.developer) })
  const developer = found.data
  const isActive = developer?.status === 'active'
  return (
    <Page
      title={path.developer}
      above={[{ title: 'Developers', to: '/gateway/developers' }]}
      actions={
        developer && (
          <>
            <Status of={developer.status} />
            <Confirm
              action={isActive ? 'Disable' : 'Enable'}
              title={isActive ? `Disable ${developer.email}?` : `Enable ${developer.email}?`}
              isDestructive={isActive}
              run={() => must(gateway.PUT('/v1/organizations/{org}/developers/{developer}', { params: { path }, body: { status: isActive ? 'inactive' : 'active' } }))}
              after={again}
            >
              {isActive ? 'Keys of their apps are refused until somebody enables them again.' : 'Keys of their apps count again.'}
            </Confirm>
            <Confirm action="Delete" title={`Delete ${developer.email}?`} run={() => must(gateway.DELETE('/v1/organizations/{org}/developers/{developer}', { params: { path } }))} after={() => void go('/gateway/developers')}>
              Their apps and keys are gone with them.
            </Confirm>
          </>
        )
      }
    >
      <Fault error={found.error} />
      {developer && <Details developer={developer} after={again} />}
      <Title order={2} size="h4">
        Apps
      </Title>
      <DataTable
        label="Apps"
        rows={apps.data}
        error={apps.error}
        keyOf={(app) => app.appId}
        textOf={(app) => app.name}
        empty={<Text>No app yet.</Text>}
        columns={[
          {
            title: 'Name',
            by: (app) => app.name,
            cell: (app) => (
              <Anchor component={Link} to={appPath(path.developer, app.name)}>
                {app.name}
              </Anchor>
            ),
          },
          { title: 'State', by: (app) => app.status, cell: (app) => <Status of={app.status} /> },
          { title: 'Keys', by: (app) => app.credentials.length, align: 'right', cell: (app) => app.credentials.length },
        ]}
      />
      <NewApp path={path} />
    </Page>
  )
}

function NewApp({ path }: { path: { org: string; developer: string } }) {
  const go = useNavigate()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string[]>([])
  const products = useQuery({ queryKey: ['products', path.org], queryFn: () => listProducts(path.org) })
  const create = useMutation({
    mutationFn: () => must(gateway.POST('/v1/organizations/{org}/developers/{developer}/apps', { params: { path }, body: { name: name.trim(), apiProducts: chosen } })),
    onSuccess: (made) => go(appPath(path.developer, made.name)),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Stack gap="sm">
        <Group align="end">
          <TextInput label="Name of a new app" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={255} w={{ base: '100%', sm: 240 }} />
          <MultiSelect label="Its products" data={(products.data ?? []).map((one) => one.name)} value={chosen} onChange={setChosen} searchable w={{ base: '100%', sm: 300 }} />
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            Create app
          </Button>
        </Group>
        <Fault error={create.error} />
      </Stack>
    </form>
  )
}

function Details({ developer, after }: { developer: DeveloperRow; after: () => Promise<unknown> }) {
  const { org } = usePlace()
  const { firstName, lastName, userName } = developer
  const { values, changed, isChanged, change, forget } = useDraft({ firstName, lastName, userName })
  const field = (name: keyof typeof values) => ({ value: values[name], onChange: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }), maxLength: 2048 })
  const save = useMutation({ mutationFn: () => must(gateway.PUT('/v1/organizations/{org}/developers/{developer}', { params: { path: { org, developer: developer.email } }, body: changed })), onSuccess: () => after().then(forget) })
  return (
    <Form action="Save" submit={() => save.mutate()} doing={save} isSaved={!isChanged}>
      <Group grow>
        <TextInput label="First name" {...field('firstName')} />
        <TextInput label="Last name" {...field('lastName')} />
      </Group>
      <TextInput label="User name" {...field('userName')} />
    </Form>
  )
}
