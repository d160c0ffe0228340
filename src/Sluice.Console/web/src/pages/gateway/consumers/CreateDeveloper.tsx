import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { gateway, must } from '../../../api/clients'
import { usePlace } from '../../../Shell'
import { Fault } from '../../../ui/Fault'
import { Page } from '../../../ui/Page'

/** Adds a developer; their apps come on their page. */
export function CreateDeveloper() {
  const { org } = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [values, setValues] = useState({ email: '', firstName: '', lastName: '', userName: '' })
  const field = (name: keyof typeof values) => ({ value: values[name], onChange: (event: { currentTarget: { value: string } }) => setValues({ ...values, [name]: event.currentTarget.value }), maxLength: 255 })
  const create = useMutation({
    mutationFn: () => must(gateway.POST('/v1/organizations/{org}/developers', { params: { path: { org } }, body: { ...values, email: values.email.trim(), userName: values.userName || values.email.trim() } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['developers'] })
      await go(`/gateway/developers/${encodeURIComponent(made.email)}`)
    },
  })
  return (
    <Page title="Create developer" above={[{ title: 'Developers', to: '/gateway/developers' }]}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <Stack maw={560}>
          <TextInput label="E-mail" type="email" required data-autofocus {...field('email')} />
          <Group grow>
            <TextInput label="First name" {...field('firstName')} />
            <TextInput label="Last name" {...field('lastName')} />
          </Group>
          <TextInput label="User name" description="Left empty: the e-mail." {...field('userName')} />
          <Fault error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={values.email.trim() === ''}>
              Create developer
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  )
}
