import { Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { gateway, must } from '../../../api/clients'
import { usePlace } from '../../../Shell'
import { Form } from '../../../ui/Form'
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
      <Form action="Create developer" submit={() => create.mutate()} doing={create} isReady={values.email.trim() !== ''}>
        <TextInput label="E-mail" type="email" required data-autofocus {...field('email')} />
        <Group grow>
          <TextInput label="First name" {...field('firstName')} />
          <TextInput label="Last name" {...field('lastName')} />
        </Group>
        <TextInput label="User name" description="Left empty: the e-mail." {...field('userName')} />
      </Form>
    </Page>
  )
}
