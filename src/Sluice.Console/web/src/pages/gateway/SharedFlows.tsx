import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page } from '../../ui/Page'
import { bundleColumns } from './bundles/columns'
import { listBundles, listDeployments } from './bundles/calls'
import { ImportBundle } from './bundles/ImportBundle'

/** Every shared flow, and whether proxies can call it here. */
export function SharedFlows() {
  const place = usePlace()
  const flows = useQuery({
    queryKey: ['sharedflows', place],
    queryFn: async () => {
      const [listed, deployments] = await Promise.all([listBundles('sharedFlow', place.org), listDeployments('sharedFlow', place)])
      return listed.map((one) => ({ name: one.name, revisions: one.revision.length, deployed: deployments.find((deployment) => deployment.name === one.name)?.revision }))
    },
  })
  return (
    <Page title="Shared flows">
      <ImportBundle kind="sharedFlow" />
      <DataTable
        label="Shared flows"
        rows={flows.data}
        error={flows.error}
        keyOf={(row) => row.name}
        textOf={(row) => row.name}
        empty={<Text>No shared flow is here yet. Proxies call one by its name, with a FlowCallout policy, once it is deployed.</Text>}
        columns={bundleColumns('sharedFlow')}
      />
    </Page>
  )
}
