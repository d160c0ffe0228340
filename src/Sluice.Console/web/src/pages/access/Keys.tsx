import { Button, Code, Group, Stack, Table, Text, Textarea, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { access, done, must } from '../../api/clients'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import { when } from '../../ui/Page'
import type { ClientRow } from './calls'

type Props = { client: ClientRow; onSecret: (secret: string) => void; after: () => void }

/** What a client signs in with: secrets, of which two are good at a time while one is replaced, and public keys. */
export function Keys({ client, onSecret, after }: Props) {
  const path = { clientId: client.clientId }
  const [pem, setPem] = useState('')
  const add = useMutation({
    mutationFn: () => must(access.POST('/api/sluice/v1/clients/{clientId}/secrets', { params: { path }, body: {} })),
    onSuccess: (made) => {
      onSecret(made.clientSecret)
      after()
    },
  })
  const addKey = useMutation({
    mutationFn: () => must(access.POST('/api/sluice/v1/clients/{clientId}/keys', { params: { path }, body: { publicKey: pem } })),
    onSuccess: () => {
      setPem('')
      after()
    },
  })
  const rows = [
    ...client.secrets.map((one) => ({ id: one.secretId, kind: 'Secret', ...one, remove: () => done(access.DELETE('/api/sluice/v1/clients/{clientId}/secrets/{secretId}', { params: { path: { ...path, secretId: one.secretId } } })) })),
    ...client.keys.map((one) => ({ id: one.keyId, kind: 'Public key', ...one, remove: () => done(access.DELETE('/api/sluice/v1/clients/{clientId}/keys/{keyId}', { params: { path: { ...path, keyId: one.keyId } } })) })),
  ]
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Secrets and keys
      </Title>
      {rows.length === 0 && <Text size="sm">None: nobody can ask for a token as this client.</Text>}
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={560} maw={800}>
          <Table aria-label="Secrets and keys">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Kind</Table.Th>
                <Table.Th>Id</Table.Th>
                <Table.Th>Created</Table.Th>
                <Table.Th>Ends</Table.Th>
                <Table.Th>Delete</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td>{row.kind}</Table.Td>
                  <Table.Td>
                    <Code>{row.id}</Code>
                  </Table.Td>
                  <Table.Td>{when(row.createdAt)}</Table.Td>
                  <Table.Td>{row.expiresAt ? when(row.expiresAt) : 'never'}</Table.Td>
                  <Table.Td>
                    <Confirm action="Delete" title={`Delete ${row.id}?`} run={row.remove} after={after}>
                      Whoever uses it gets no further token with it.
                    </Confirm>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group>
        <Button variant="light" loading={add.isPending} disabled={client.secrets.length >= 10} onClick={() => add.mutate()}>
          Add a secret
        </Button>
      </Group>
      <Fault error={add.error} />
      {client.grantTypes.includes('jwt') && (
        <Group align="end">
          <Textarea label="Public key or certificate (PEM)" description="With which its JWTs are checked; RSA from 2048 bits." value={pem} onChange={(event) => setPem(event.currentTarget.value)} autosize minRows={2} maxRows={8} w={{ base: '100%', sm: 460 }} />
          <Button variant="light" loading={addKey.isPending} disabled={pem.trim() === ''} onClick={() => addKey.mutate()}>
            Add the key
          </Button>
        </Group>
      )}
      <Fault error={addKey.error} />
    </Stack>
  )
}
