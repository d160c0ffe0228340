import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { listDeployments, readBundle } from './bundles/calls'
import { ImportBundle } from './bundles/ImportBundle'
import { Revisions } from './bundles/Revisions'

/** One shared flow: its revisions, and which of them proxies call here. */
export function SharedFlow() {
  const name = useParams().name!
  const place = usePlace()
  const flow = useQuery({ queryKey: ['sharedflow', place.org, name], queryFn: () => readBundle('sharedFlow', place.org, name) })
  const deployed = useQuery({ queryKey: ['sharedflow-deployment', place, name], queryFn: async () => (await listDeployments('sharedFlow', place)).find((one) => one.name === name) ?? null })
  return (
    <Page title={name} above={[{ title: 'Shared flows', to: '/gateway/sharedflows' }]}>
      <Fault error={flow.error ?? deployed.error} />
      {deployed.data && (
        <Text>
          Proxies of {place.env} call revision {deployed.data.revision} since {when(deployed.data.deployStartTime)}.
        </Text>
      )}
      {deployed.data === null && <Text>Not deployed in {place.env}: no proxy can call it there.</Text>}
      {flow.data && <Revisions kind="sharedFlow" name={name} revisions={flow.data.revision} deployed={deployed.data?.revision} />}
      {flow.data && <ImportBundle kind="sharedFlow" name={name} />}
    </Page>
  )
}
