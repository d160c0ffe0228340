import { Anchor, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Form } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { findSchemas, profileTag } from './calls'

/** Makes a dataset of a schema; leads on to a connection that fills it. */
export function CreateDataset() {
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [query] = useSearchParams()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [schema, setSchema] = useState(query.get('schema') ?? '')
  const [forProfiles, setForProfiles] = useState(false)
  const create = useMutation({
    mutationFn: async () => {
      const body = {
        name: name.trim(),
        description,
        schemaRef: { id: schema, contentType: 'application/vnd.adobe.xed+json;version=1' },
        ...(forProfiles ? { tags: { [profileTag]: ['enabled:true'] } } : {}),
      }
      const [reference] = await must(collection.POST('/data/foundation/catalog/dataSets', { body }))
      return reference!.split('/').at(-1)!
    },
    onSuccess: async (id) => {
      await queries.invalidateQueries({ queryKey: ['datasets'] })
      await go(`/datasets/${id}?new=yes`)
    },
  })
  return (
    <Page title="Create dataset" above={[{ title: 'Datasets', to: '/datasets' }]}>
      <Form action="Create dataset" submit={() => create.mutate()} doing={create} isReady={name.trim() !== '' && schema !== ''}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={512} data-autofocus />
        <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} />
        <PickFromServer label="Schema" description="What every message in the dataset must look like." queryKey={['pick', 'schemas', place]} find={findSchemas} value={schema} onChange={setSchema} isRequired nothing="No schema is found" />
        <Text size="sm">
          Is there none that fits? <Anchor component={Link} to="/schemas/new">Create a schema</Anchor> first; it leads back here.
        </Text>
        <Switch
          label="For profiles"
          description="What lands also updates the profiles of the people it is about, and their segments. Messages from before do not count."
          checked={forProfiles}
          onChange={(event) => setForProfiles(event.currentTarget.checked)}
        />
      </Form>
    </Page>
  )
}
