import { Button, Group, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { access, must } from '../../api/clients'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { when } from '../../ui/Page'
import type { ClientRow } from './calls'

type Props = {
  client: ClientRow
  /** The secret that was made on this page a moment ago, if one was. */
  known: string
}

/** Gets an access token as the client itself would, to be tried in a shell. */
export function ClientToken({ client, known }: Props) {
  const [typed, setTyped] = useState('')
  const secret = typed || known
  const generate = useMutation({
    mutationFn: async () => {
      const body = { grant_type: 'client_credentials' as const, client_id: client.clientId, client_secret: secret.trim() }
      const granted = await must(access.POST('/ims/token/v3', { body, bodySerializer: (form) => new URLSearchParams(form as Record<string, string>), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }))
      return { token: granted.access_token, until: Date.now() + Number(granted.expires_in) * 1_000 }
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        generate.mutate()
      }}
    >
      <Stack gap="sm">
        <Title order={2} size="h4">
          Access token
        </Title>
        <Group align="end">
          <PasswordInput
            label="Client secret"
            description={known ? 'Left empty: the one that was just made.' : 'One of this client: the server keeps none that it could show.'}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
            w={{ base: '100%', sm: 360 }}
          />
          <Button type="submit" loading={generate.isPending} disabled={secret.trim() === ''}>
            Generate access token
          </Button>
        </Group>
        <Fault error={generate.error} />
        {generate.data && (
          <>
            <CopyText isBlock text={generate.data.token} label="Access token" />
            <Text size="sm">
              Good until {when(generate.data.until)}. Send it as <code>Authorization: Bearer …</code>
            </Text>
          </>
        )}
      </Stack>
    </form>
  )
}
