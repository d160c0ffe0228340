import { Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { access, must } from '../../api/clients'
import { Form } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { ClientFields, type ClientValues, grantsOf } from './ClientFields'

const first: ClientValues = { name: '', kind: 'api', grantTypes: grantsOf('api'), redirectUris: [], groups: [], environments: [], isAdmin: false, trusted: false }

/** Makes a client; leads on to its page, where its secret is shown once. */
export function CreateClient() {
  const go = useNavigate()
  const queries = useQueryClient()
  const [values, setValues] = useState(first)
  const create = useMutation({
    mutationFn: () => must(access.POST('/api/sluice/v1/clients', { body: { ...values, name: values.name.trim() } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['clients'] })
      // The secret goes along in memory alone: neither the address nor the browser's storage ever has it.
      queries.setQueryData(['secret', made.client.clientId], made.clientSecret)
      await go(`/access/clients/${encodeURIComponent(made.client.clientId)}`)
    },
  })
  return (
    <Page title="Create client" above={[{ title: 'Clients', to: '/access/clients' }]}>
      <Form action="Create client" submit={() => create.mutate()} doing={create} isReady={values.name.trim() !== ''}>
        <Select
          label="Kind"
          data={[
            { value: 'api', label: 'API: tokens for programs' },
            { value: 'legacy', label: 'Legacy: tokens for users by name and password' },
          ]}
          value={values.kind}
          allowDeselect={false}
          onChange={(kind) => setValues({ ...values, kind: kind === 'legacy' ? 'legacy' : 'api', grantTypes: grantsOf(kind === 'legacy' ? 'legacy' : 'api'), isAdmin: false })}
        />
        <ClientFields values={values} change={(more) => setValues({ ...values, ...more })} />
      </Form>
    </Page>
  )
}
