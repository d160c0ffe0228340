import { Anchor, Card, Code, SegmentedControl, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Chart } from '../../ui/Chart'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { Figure } from '../../ui/Figure'
import { bytes, number, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { batchPage, type BatchRow } from './calls'

const day = 86_400_000
const records = 'timeseries.ingestion.dataset.recordsuccess.count'
const size = 'timeseries.ingestion.dataset.size'
const landed = 'timeseries.ingestion.dataset.batchsuccess.count'
const failed = 'timeseries.ingestion.dataset.batchfailed.count'

/** What came into a dataset: six figures, what each day brought, and its batches. */
export function DatasetActivity({ id, created }: { id: string; created: number }) {
  const place = usePlace()
  const [days, setDays] = useChoice('days', '7')
  const [status, setStatus] = useChoice('status')
  // The counts go by days of UTC; the day of today is not over.
  const today = Math.floor(Date.now() / day) * day
  const ask = async (from: number, granularity: string, names: string[]) => {
    const answer = await must(
      collection.POST('/data/infrastructure/observability/insights/metrics', {
        body: { start: new Date(from).toISOString(), end: new Date(today + day).toISOString(), granularity, metrics: names.map((name) => ({ name, filters: [{ name: 'dataSetId', value: id }], aggregator: 'sum', downsample: 'sum' })) },
      }),
    )
    return Object.fromEntries(answer.metricResponses.map((one) => [one.metric, one.datapoints[0]?.dps ?? {}]))
  }
  const whole = useQuery({ queryKey: ['activity', place, id, 'whole', today], queryFn: () => ask(Math.min(created, today), 'MONTH', [records, size]) })
  const range = Math.max(7, Number(days) || 7)
  const daily = useQuery({ queryKey: ['activity', place, id, range, today], queryFn: () => ask(today - (range - 1) * day, 'DAY', [records, landed, failed]) })

  const labels = Array.from({ length: range }, (_, at) => new Date(today - (range - 1 - at) * day).toISOString().slice(0, 10))
  const valuesOf = (metric: string) => {
    const points = new Map(Object.entries(daily.data?.[metric] ?? {}).map(([time, value]) => [time.slice(0, 10), value]))
    return labels.map((label) => points.get(label) ?? 0)
  }
  const sum = (values: number[]) => values.reduce((total, one) => total + one, 0)
  const allOf = (metric: string) => sum(Object.values(whole.data?.[metric] ?? {}))
  const [landedDaily, failedDaily] = [valuesOf(landed), valuesOf(failed)]
  const shown = (value: string) => (daily.data && whole.data ? value : '…')
  return (
    <Stack>
      <Fault error={daily.error ?? whole.error} />
      <SimpleGrid cols={{ base: 2, md: 3, xl: 6 }}>
        <Figure title="Total records" value={shown(number(allOf(records)))} />
        <Figure title="Size of data" value={shown(bytes(allOf(size)))} />
        <Figure title="Ingested batches today" value={shown(number(landedDaily.at(-1) ?? 0))} />
        <Figure title="Failed batches today" value={shown(number(failedDaily.at(-1) ?? 0))} isBad={(failedDaily.at(-1) ?? 0) > 0} />
        <Figure title="Ingested batches, 7 days" value={shown(number(sum(landedDaily.slice(-7))))} />
        <Figure title="Failed batches, 7 days" value={shown(number(sum(failedDaily.slice(-7))))} isBad={sum(failedDaily.slice(-7)) > 0} />
      </SimpleGrid>
      <SegmentedControl
        aria-label="Range of the charts"
        data={[
          { value: '7', label: '7 days' },
          { value: '30', label: '30 days' },
          { value: '90', label: '90 days' },
        ]}
        value={String(range)}
        onChange={setDays}
        style={{ alignSelf: 'start' }}
      />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Card withBorder>
          <Chart title="Records ingested per day" kind="line" labels={labels} series={[{ name: 'Records', values: valuesOf(records) }]} />
        </Card>
        <Card withBorder>
          <Chart
            title="Ingested and failed batches per day"
            kind="bar"
            labels={labels}
            series={[
              { name: 'Ingested', values: landedDaily, tone: 'good' },
              { name: 'Failed', values: failedDaily, tone: 'bad' },
            ]}
          />
        </Card>
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Days are days of UTC. A message counts when its batch has landed.
      </Text>
      <Title order={2} size="h4">
        Batches
      </Title>
      <DataTable<BatchRow>
        label="Batches"
        remember="batches"
        queryKey={['batches', place, id, status]}
        page={(asked) => batchPage(asked, { dataSet: id, status: status || 'success,active,failed,failure' })}
        searches="Batch id"
        sort="-created"
        isFiltered={status !== ''}
        keyOf={(row) => row.id}
        filters={
          <Select
            aria-label="Status"
            data={[
              { value: '', label: 'Landed and failed' },
              { value: 'success,active', label: 'Landed' },
              { value: 'failed,failure', label: 'Failed' },
              { value: 'loading,staging,staged,inactive,deleted', label: 'Under way or gone' },
            ]}
            value={status}
            allowDeselect={false}
            onChange={(value) => setStatus(value ?? '')}
            w={180}
          />
        }
        empty={
          <Text>
            No batch has landed yet. <Anchor component={Link} to={`/connections/new?dataset=${id}`}>Create a connection</Anchor> and send the first message; it is here when its window is cut, within seconds or minutes as the server is set.
          </Text>
        }
        columns={[
          {
            title: 'Batch',
            cell: (row) => (
              <Anchor component={Link} to={`/datasets/${id}/batches/${row.id}`} style={{ whiteSpace: 'nowrap' }}>
                <Code>{row.id}</Code>
              </Anchor>
            ),
          },
          { title: 'Status', cell: ({ batch }) => <Status of={batch.status} /> },
          { title: 'Ingested', sort: 'created', cell: ({ batch }) => when(batch.created) },
          { title: 'Records', align: 'right', cell: ({ batch }) => number(batch.metrics?.outputRecordCount ?? 0) },
          { title: 'Failed', align: 'right', cell: ({ batch }) => number(batch.metrics?.failedRecordCount ?? 0) },
          { title: 'Size', align: 'right', cell: ({ batch }) => bytes(batch.metrics?.inputByteSize ?? 0) },
          { title: 'Updated', sort: 'updated', isExtra: true, cell: ({ batch }) => when(batch.updated) },
        ]}
      />
    </Stack>
  )
}
