import { TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { gateway, must } from '../../../api/clients'
import { usePlace } from '../../../Shell'
import { Form, useDraft } from '../../../ui/Form'
import { Page } from '../../../ui/Page'
import { bodyOf, emptyProduct, ProductFields } from './ProductFields'

/** Makes an API product. */
export function CreateProduct() {
  const { org } = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const { values, changed, change } = useDraft(emptyProduct)
  const create = useMutation({
    mutationFn: () => must(gateway.POST('/v1/organizations/{org}/apiproducts', { params: { path: { org } }, body: { name: name.trim(), ...bodyOf(changed) } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['products'] })
      await go(`/gateway/products/${encodeURIComponent(made.name)}`)
    },
  })
  return (
    <Page title="Create API product" above={[{ title: 'API products', to: '/gateway/products' }]}>
      <Form action="Create product" submit={() => create.mutate()} doing={create} isReady={name.trim() !== ''}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
        <ProductFields values={values} change={change} />
      </Form>
    </Page>
  )
}
