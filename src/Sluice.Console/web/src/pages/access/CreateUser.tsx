import { Anchor, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { access, must } from '../../api/clients'
import { Fault } from '../../ui/Fault'
import { Page } from '../../ui/Page'
import { Belonging } from './Belonging'
import { ShownOnce } from './ShownOnce'

const above = [{ title: 'Users', to: '/access/users' }]

/** Adds somebody who may sign in, and shows the first password once. */
export function CreateUser() {
  const queries = useQueryClient()
  const [names, setNames] = useState({ username: '', firstName: '', lastName: '', email: '' })
  const [places, setPlaces] = useState({ groups: [] as number[], environments: [] as string[] })
  const [isAdmin, setAdmin] = useState(false)
  const [apiOnly, setApiOnly] = useState(false)
  const create = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(Object.entries(names).filter(([, text]) => text.trim() !== '')) as Partial<typeof names>
      return must(access.POST('/api/sluice/v1/users', { body: { ...given, username: names.username.trim(), isAdmin, apiOnly, ...places } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  const field = (name: keyof typeof names) => ({ value: names[name], onChange: (event: { currentTarget: { value: string } }) => setNames({ ...names, [name]: event.currentTarget.value }), maxLength: 255 })
  if (create.data)
    return (
      <Page title={`${create.data.user.username} is created`} above={above}>
        {create.data.password && (
          <ShownOnce title={`Hand this to ${create.data.user.username}`} label="First password" text={create.data.password}>
            {apiOnly ? 'It is shown this once: copy it before you leave this page.' : 'It is shown this once, good for a day, and changed at the first sign-in.'}
          </ShownOnce>
        )}
        <Anchor component={Link} to={`/access/users/${create.data.user.userId}`}>
          To the user's page
        </Anchor>
      </Page>
    )
  return (
    <Page title="Create user" above={above}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <Stack maw={560}>
          <TextInput label="User name" description="With which they sign in." required data-autofocus autoComplete="off" {...field('username')} />
          <Group grow>
            <TextInput label="First name" {...field('firstName')} />
            <TextInput label="Last name" {...field('lastName')} />
          </Group>
          <TextInput label="E-mail" {...field('email')} />
          <Belonging value={places} onChange={setPlaces} />
          <Switch label="Administrator" description="May do everything, and manage users, groups and clients." checked={isAdmin} onChange={(event) => setAdmin(event.currentTarget.checked)} />
          <Switch label="API only" description="Never signs in with a browser: a password that does not age." checked={apiOnly} onChange={(event) => setApiOnly(event.currentTarget.checked)} />
          <Text size="sm">A first password is invented and shown once.</Text>
          <Fault error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={names.username.trim() === ''}>
              Create user
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  )
}
