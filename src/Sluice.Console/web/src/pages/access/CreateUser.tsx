import { Anchor, Switch, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { access, must } from '../../api/clients'
import { Form } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { Belonging } from './Belonging'
import { NameFields } from './NameFields'
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
      <Form action="Create user" submit={() => create.mutate()} doing={create} isReady={names.username.trim() !== ''}>
        <TextInput label="User name" description="With which they sign in." required data-autofocus autoComplete="off" maxLength={255} value={names.username} onChange={(event) => setNames({ ...names, username: event.currentTarget.value })} />
        <NameFields values={names} change={(more) => setNames({ ...names, ...more })} />
        <Belonging value={places} onChange={(more) => setPlaces({ ...places, ...more })} />
        <Switch label="Administrator" description="May do everything, and manage users, groups and clients." checked={isAdmin} onChange={(event) => setAdmin(event.currentTarget.checked)} />
        <Switch label="API only" description="Never signs in with a browser: a password that does not age." checked={apiOnly} onChange={(event) => setApiOnly(event.currentTarget.checked)} />
        <Text size="sm">A first password is invented and shown once.</Text>
      </Form>
    </Page>
  )
}
