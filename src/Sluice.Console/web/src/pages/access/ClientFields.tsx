import { MultiSelect, Switch, TagsInput, TextInput } from '@mantine/core'
import { Belonging } from './Belonging'
import type { ClientRow } from './calls'

export type ClientValues = Pick<ClientRow, 'name' | 'kind' | 'grantTypes' | 'redirectUris' | 'groups' | 'environments' | 'isAdmin' | 'trusted'>

const grants: Record<ClientRow['kind'], { value: ClientRow['grantTypes'][number]; label: string }[]> = {
  api: [
    { value: 'client_credentials', label: 'Client id and secret' },
    { value: 'jwt', label: 'Signed JWT' },
    { value: 'authorization_code', label: 'Sign-in of users' },
    { value: 'refresh_token', label: 'Refresh token' },
  ],
  legacy: [
    { value: 'password', label: 'Name and password of a user' },
    { value: 'refresh_token', label: 'Refresh token' },
    { value: 'authorization_code', label: 'Sign-in of users' },
    { value: 'implicit', label: 'Sign-in of users, implicit' },
  ],
}

export const grantsOf = (kind: ClientRow['kind']) => grants[kind].map((one) => one.value)

type Props = { values: ClientValues; change: (more: Partial<ClientValues>) => void }

/** What is set of a client, when it is made and later. */
export function ClientFields({ values, change }: Props) {
  return (
    <>
      <TextInput label="Name" value={values.name} onChange={(event) => change({ name: event.currentTarget.value })} required maxLength={255} />
      <MultiSelect
        label="Grant types"
        description="The ways in which it gets tokens."
        data={grants[values.kind]}
        value={values.grantTypes}
        onChange={(chosen) => change({ grantTypes: chosen as ClientValues['grantTypes'] })}
      />
      {values.grantTypes.some((one) => one === 'authorization_code' || one === 'implicit') && (
        <TagsInput
          label="Redirect addresses"
          description="Where users come back to after signing in. Enter adds one."
          value={values.redirectUris}
          onChange={(chosen) => change({ redirectUris: chosen })}
          maxTags={20}
        />
      )}
      <Belonging value={values} onChange={change} />
      {values.kind === 'api' && <Switch label="Administrator" description="May do everything, and manage users, groups and clients." checked={values.isAdmin} onChange={(event) => change({ isAdmin: event.currentTarget.checked })} />}
      <Switch label="Trusted" description="A program of your own: users are not asked for consent." checked={values.trusted} onChange={(event) => change({ trusted: event.currentTarget.checked })} />
    </>
  )
}
