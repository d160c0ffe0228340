import { Button, Card, Group, MultiSelect, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { done, gateway, must } from '../../../api/clients'
import { usePlace } from '../../../Shell'
import { Confirm } from '../../../ui/Confirm'
import { CopyText } from '../../../ui/CopyText'
import { Fault } from '../../../ui/Fault'
import { Page, when } from '../../../ui/Page'
import { Status } from '../../../ui/Status'
import { type AppRow, listProducts } from './calls'

type Key = AppRow['credentials'][number]
type Action = 'approve' | 'revoke'

const keyPath = '/v1/organizations/{org}/developers/{developer}/apps/{app}/keys/{key}'

/** One app: its keys, approved or revoked as a whole or for single products. */
export function App() {
  const { org } = usePlace()
  const { email, app: name } = useParams() as { email: string; app: string }
  const path = { org, developer: email, app: name }
  const go = useNavigate()
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: ['app', path] })
  const app = useQuery({ queryKey: ['app', path], queryFn: () => must(gateway.GET('/v1/organizations/{org}/developers/{developer}/apps/{app}', { params: { path } })) })
  const isApproved = app.data?.status === 'approved'
  return (
    <Page
      title={name}
      above={[
        { title: 'Developers', to: '/gateway/developers' },
        { title: email, to: `/gateway/developers/${encodeURIComponent(email)}` },
      ]}
      actions={
        app.data && (
          <>
            <Status of={app.data.status} />
            <Confirm
              action={isApproved ? 'Revoke' : 'Approve'}
              title={isApproved ? `Revoke the app ${name}?` : `Approve the app ${name}?`}
              isDestructive={isApproved}
              run={() => must(gateway.PUT('/v1/organizations/{org}/developers/{developer}/apps/{app}', { params: { path }, body: { status: isApproved ? 'revoked' : 'approved' } }))}
              after={again}
            >
              {isApproved ? 'None of its keys counts until it is approved again.' : 'Its approved keys count.'}
            </Confirm>
            <Confirm action="Delete" title={`Delete the app ${name}?`} run={() => must(gateway.DELETE('/v1/organizations/{org}/developers/{developer}/apps/{app}', { params: { path } }))} after={() => void go(`/gateway/developers/${encodeURIComponent(email)}`)}>
              Its keys are gone with it.
            </Confirm>
          </>
        )
      }
    >
      <Fault error={app.error} />
      {app.data && (
        <>
          <Title order={2} size="h4">
            Keys
          </Title>
          {app.data.credentials.length === 0 && <Text size="sm">No key: the app cannot call.</Text>}
          {app.data.credentials.map((key) => (
            <KeyCard key={key.consumerKey} credential={key} path={path} after={again} />
          ))}
          <NewKey path={path} after={again} />
        </>
      )}
    </Page>
  )
}

type PartProps = { path: { org: string; developer: string; app: string }; after: () => void }

function KeyCard({ credential, path, after }: PartProps & { credential: Key }) {
  const at = { ...path, key: credential.consumerKey }
  const change = useMutation({
    mutationFn: ({ action, product }: { action: Action; product?: string }) =>
      product === undefined
        ? done(gateway.POST(keyPath, { params: { path: at, query: { action } } }))
        : done(gateway.POST(`${keyPath}/apiproducts/{product}`, { params: { path: { ...at, product }, query: { action } } })),
    onSuccess: after,
  })
  const toggle = (status: string, product?: string) => {
    const action: Action = status === 'approved' ? 'revoke' : 'approve'
    return (
      <Button size="compact-sm" variant="light" color={action === 'revoke' ? 'red' : undefined} loading={change.isPending} aria-label={`${action === 'revoke' ? 'Revoke' : 'Approve'} ${product ?? 'the key'}`} onClick={() => change.mutate({ action, product })}>
        {action === 'revoke' ? 'Revoke' : 'Approve'}
      </Button>
    )
  }
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group justify="space-between">
          <CopyText text={credential.consumerKey} label="Consumer key" />
          <Group>
            <Status of={credential.status} />
            {toggle(credential.status)}
            <Confirm action="Delete" title="Delete this key?" run={() => must(gateway.DELETE(keyPath, { params: { path: at } }))} after={after}>
              Calls that carry it are refused.
            </Confirm>
          </Group>
        </Group>
        <Text size="sm">
          Given {when(credential.issuedAt)}, {credential.expiresAt === -1 ? 'for ever' : `until ${when(credential.expiresAt)}`}.
        </Text>
        {credential.apiProducts.map((one) => (
          <Group key={one.apiproduct} gap="sm">
            <Text size="sm">For {one.apiproduct}</Text>
            <Status of={one.status} />
            {toggle(one.status, one.apiproduct)}
          </Group>
        ))}
        <Fault error={change.error} />
      </Stack>
    </Card>
  )
}

function NewKey({ path, after }: PartProps) {
  const [chosen, setChosen] = useState<string[]>([])
  const products = useQuery({ queryKey: ['products', path.org], queryFn: () => listProducts(path.org) })
  const add = useMutation({ mutationFn: () => must(gateway.POST('/v1/organizations/{org}/developers/{developer}/apps/{app}/keys', { params: { path }, body: { apiProducts: chosen } })), onSuccess: after })
  return (
    <>
      <Group align="end">
        <MultiSelect label="Products of a new key" data={(products.data ?? []).map((one) => one.name)} value={chosen} onChange={setChosen} searchable w={{ base: '100%', sm: 320 }} />
        <Button variant="light" loading={add.isPending} onClick={() => add.mutate()}>
          Add a key
        </Button>
      </Group>
      <Fault error={add.error} />
    </>
  )
}
