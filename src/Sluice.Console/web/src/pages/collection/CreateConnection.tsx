import { Anchor, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Form } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { findDatasets } from './calls'

const streaming = { id: 'bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb', version: '1.0' }

/** Makes a connection, with the dataset that its messages go to; leads on to its address and a first message. */
export function CreateConnection() {
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [query] = useSearchParams()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [dataset, setDataset] = useState(query.get('dataset') ?? '')
  const [needsToken, setNeedsToken] = useState(false)
  const create = useMutation({
    mutationFn: async () => {
      const params = { name: name.trim(), sourceId: name.trim(), dataType: 'xdm', authenticationRequired: needsToken, ...(dataset ? { datasetId: dataset } : {}) }
      const body = { name: name.trim(), description, connectionSpec: streaming, auth: { specName: 'Streaming Connection', params } }
      return (await must(collection.POST('/data/foundation/flowservice/connections', { body }))).id
    },
    onSuccess: async (id) => {
      await queries.invalidateQueries({ queryKey: ['connections'] })
      await go(`/connections/${id}?new=yes`)
    },
  })
  return (
    <Page title="Create connection" above={[{ title: 'Connections', to: '/connections' }]}>
      <Form action="Create connection" submit={() => create.mutate()} doing={create} isReady={name.trim() !== ''}>
        <TextInput label="Name" description="Such as the producer's: it also stands in its messages as their source." value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={512} data-autofocus />
        <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} />
        <PickFromServer label="Dataset" description="Where messages go that name no dataset themselves. A connection may serve any number of datasets." queryKey={['pick', 'datasets', place]} find={findDatasets} value={dataset} onChange={setDataset} placeholder="none" nothing="No dataset is found" />
        <Text size="sm">
          Is it not there yet? <Anchor component={Link} to="/datasets/new">Create a dataset</Anchor> first; it leads back here.
        </Text>
        <Switch label="Require a token" description="Only producers that are signed in may send." checked={needsToken} onChange={(event) => setNeedsToken(event.currentTarget.checked)} />
      </Form>
    </Page>
  )
}
