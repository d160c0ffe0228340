import { Button, Group as Row, MultiSelect, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { answered, audience, done, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import { SaveFault } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { groupKey, type GroupRow, listUsers } from './calls'
import { ObjectRights } from './ObjectRights'
import { areaRights, kinds, type Permission, type Right } from './rights'
import { RightsMatrix } from './RightsMatrix'

type Kept = { group: GroupRow; etag: string; permissions: Permission[] }

/** One group: its members, and its rights as a matrix. */
export function Group() {
  const path = { groupId: Number(useParams().id) }
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [round, setRound] = useState(0)
  // What is being changed is not replaced under somebody's hands.
  const kept = useQuery({
    queryKey: ['group', path, place],
    refetchInterval: false,
    refetchOnWindowFocus: false,
    gcTime: 0,
    queryFn: async (): Promise<Kept> => {
      const [{ data, headers }, permissions] = await Promise.all([
        answered(audience.GET('/v1/groups/{groupId}', { params: { path } })),
        must(audience.GET('/v1/groups/{groupId}/permissions/', { params: { path } })),
      ])
      return { group: data, etag: headers.get('etag') ?? '', permissions }
    },
  })
  return (
    <Page
      title={kept.data?.group.name ?? 'Group'}
      above={[{ title: 'Groups', to: '/access/groups' }]}
      actions={
        kept.data && (
          <Confirm
            action="Delete"
            title={`Delete the group ${kept.data.group.name}?`}
            run={() => done(audience.DELETE('/v1/groups/{groupId}', { params: { path } }))}
            after={() => void queries.invalidateQueries({ queryKey: groupKey }).then(() => go('/access/groups'))}
          >
            Its members lose the rights that they have by it alone.
          </Confirm>
        )
      }
    >
      <Fault error={kept.error} />
      {kept.data && <Rights key={round} kept={kept.data} env={place.env} after={kept.refetch} reload={() => void kept.refetch().then(() => setRound(round + 1))} />}
    </Page>
  )
}

type RightsProps = { kept: Kept; env: string; after: () => Promise<unknown>; reload: () => void }

function Rights({ kept, env, after, reload }: RightsProps) {
  const { group } = kept
  const path = { groupId: group.groupId }
  const [name, setName] = useState(group.name)
  const [description, setDescription] = useState(group.description ?? '')
  const [wildcards, setWildcards] = useState(group.wildcards)
  const [members, setMembers] = useState(group.users)
  const [permissions, setPermissions] = useState(kept.permissions)
  const users = useQuery({ queryKey: ['users', 'all'], queryFn: listUsers })
  const [etag, setEtag] = useState(kept.etag)
  // Two calls: what the first has saved stays saved, and what was written for the second stays here, when the second is refused.
  const saveGroup = useMutation({
    mutationFn: () => answered(audience.PUT('/v1/groups/{groupId}', { params: { path, header: { 'If-Match': etag } }, body: { name: name.trim(), description, wildcards, users: members } })),
    onSuccess: ({ headers }) => setEtag(headers.get('etag') ?? ''),
  })
  const saveRights = useMutation({
    mutationFn: () => must(audience.PUT('/v1/groups/{groupId}/permissions/', { params: { path }, body: permissions.filter((one) => one.permissions.length > 0) })),
    onSuccess: setPermissions,
  })
  const save = async () => {
    saveRights.reset()
    await saveGroup.mutateAsync()
    await saveRights.mutateAsync()
    await after()
  }
  const rowOf = (title: string, of: Partial<Record<Right, string>>) => ({
    key: title,
    title,
    possible: (right: Right) => of[right] !== undefined,
    has: (right: Right) => wildcards.includes(of[right]!),
    set: (right: Right, on: boolean) => setWildcards(on ? [...wildcards, of[right]!] : wildcards.filter((one) => one !== of[right])),
  })
  const known = (users.data ?? []).map((user) => ({ value: String(user.userId), label: user.username }))
  return (
    <Stack>
      <Stack maw={560}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} />
        <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={1} maxLength={4000} />
        <MultiSelect
          label="Members"
          data={[...known, ...members.filter((id) => !known.some((one) => one.value === String(id))).map((id) => ({ value: String(id), label: `User ${id}` }))]}
          value={members.map(String)}
          onChange={(chosen) => setMembers(chosen.map(Number))}
          searchable
          limit={50}
        />
      </Stack>
      <Title order={2} size="h4">
        On everything, in every environment
      </Title>
      <RightsMatrix label="Rights on everything" rows={[...kinds.map((kind) => rowOf(`All ${kind.title.toLowerCase()}`, kind.wildcards)), ...areaRights.map((area) => rowOf(area.title, area.wildcards))]} />
      <Title order={2} size="h4">
        On single data sources and destinations, in {env}
      </Title>
      <ObjectRights permissions={permissions} onChange={setPermissions} />
      <SaveFault error={saveGroup.error} reload={reload} />
      {saveRights.error && <Text>Name, members and the rights on everything are saved; the rights on single data sources and destinations are as they were before:</Text>}
      <SaveFault error={saveRights.error} />
      <Row>
        <Button loading={saveGroup.isPending || saveRights.isPending} disabled={name.trim() === ''} onClick={() => void save().catch(() => {})}>
          Save
        </Button>
        {saveRights.isSuccess && <Text role="status">Saved.</Text>}
      </Row>
    </Stack>
  )
}
