import { Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from 'react-router'
import { gateway, must } from '../../../api/clients'
import { usePlace } from '../../../Shell'
import { Confirm } from '../../../ui/Confirm'
import { Fault } from '../../../ui/Fault'
import { Form, useDraft } from '../../../ui/Form'
import { Page } from '../../../ui/Page'
import type { ProductRow } from './calls'
import { bodyOf, ProductFields, valuesOf } from './ProductFields'

/** One API product, to be changed or deleted. */
export function Product() {
  const { org } = usePlace()
  const path = { org, product: useParams().name! }
  const go = useNavigate()
  const queries = useQueryClient()
  const product = useQuery({ queryKey: ['product', path], refetchInterval: false, refetchOnWindowFocus: false, queryFn: () => must(gateway.GET('/v1/organizations/{org}/apiproducts/{product}', { params: { path } })) })
  return (
    <Page
      title={path.product}
      above={[{ title: 'API products', to: '/gateway/products' }]}
      actions={
        product.data && (
          <Confirm action="Delete" title={`Delete the product ${path.product}?`} run={() => must(gateway.DELETE('/v1/organizations/{org}/apiproducts/{product}', { params: { path } }))} after={() => void queries.invalidateQueries({ queryKey: ['products'] }).then(() => go('/gateway/products'))}>
            Keys of apps are no longer good for it.
          </Confirm>
        )
      }
    >
      <Fault error={product.error} />
      {product.data && <Details product={product.data} after={() => queries.invalidateQueries({ queryKey: ['product', path] })} />}
    </Page>
  )
}

function Details({ product, after }: { product: ProductRow; after: () => Promise<unknown> }) {
  const { org } = usePlace()
  const draft = useDraft(valuesOf(product))
  const save = useMutation({
    mutationFn: () => must(gateway.PUT('/v1/organizations/{org}/apiproducts/{product}', { params: { path: { org, product: product.name } }, body: bodyOf(draft.changed) })),
    onSuccess: () => after().then(draft.forget),
  })
  return (
    <Form action="Save" submit={() => save.mutate()} doing={save} isSaved={!draft.isChanged}>
      {product.operationGroup && <Text size="sm">Its paths are given operation by operation; they are changed over the API.</Text>}
      <ProductFields values={draft.values} change={draft.change} />
    </Form>
  )
}
