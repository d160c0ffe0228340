import { Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { audience, must } from '../../api/clients'
import { Form } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { groupKey } from './calls'

/** Makes an empty group; its rights and members come on its page. */
export function CreateGroup() {
  const go = useNavigate()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const create = useMutation({
    mutationFn: () => must(audience.POST('/v1/groups/', { body: { name: name.trim(), description } })),
    onSuccess: async (group) => {
      await queries.invalidateQueries({ queryKey: groupKey })
      await go(`/access/groups/${group.groupId}`)
    },
  })
  return (
    <Page title="Create group" above={[{ title: 'Groups', to: '/access/groups' }]}>
      <Form action="Create group" submit={() => create.mutate()} doing={create} isReady={name.trim() !== ''}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
        <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} maxLength={4000} />
      </Form>
    </Page>
  )
}
