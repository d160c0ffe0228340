import { Code, Loader, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useParams } from 'react-router'
import { usePlace } from '../../../Shell'
import { Fault } from '../../../ui/Fault'
import { Page } from '../../../ui/Page'
import { useChoice } from '../../../ui/tableState'
import { fetchBundle } from './bundle'
import { FlowList } from './FlowList'
import { readProxy } from './model'

// The library that draws comes when somebody looks at a drawing.
const FlowDrawing = lazy(() => import('./FlowDrawing'))

/** What a revision does with a request, drawn or as a list; a click on a policy shows its XML. */
export function Flow() {
  const { name, revision } = useParams() as { name: string; revision: string }
  const { org } = usePlace()
  const [as, setAs] = useChoice('as', 'drawing')
  const [policy, setPolicy] = useState<string>()
  // A revision never changes.
  const proxy = useQuery({ queryKey: ['bundle', org, name, revision], refetchInterval: false, staleTime: Infinity, queryFn: async () => readProxy(await fetchBundle(org, name, revision)) })
  const shown = policy === undefined ? undefined : proxy.data?.policies.get(policy)
  return (
    <Page
      title={`Flow of ${name}, revision ${revision}`}
      above={[
        { title: 'Proxies', to: '/gateway/proxies' },
        { title: name, to: `/gateway/proxies/${encodeURIComponent(name)}` },
      ]}
      actions={
        <SegmentedControl
          aria-label="Show as"
          data={[
            { value: 'drawing', label: 'Drawing' },
            { value: 'list', label: 'List' },
          ]}
          value={as}
          onChange={setAs}
        />
      }
    >
      <Fault error={proxy.error} />
      {proxy.data &&
        (as === 'list' ? (
          <FlowList proxy={proxy.data} show={setPolicy} />
        ) : (
          <Suspense fallback={<Loader role="status" aria-label="The drawing is loading" />}>
            <FlowDrawing proxy={proxy.data} show={setPolicy} />
          </Suspense>
        ))}
      <div aria-live="polite">
        {policy === undefined ? (
          <Text size="sm">Choose a policy to see its XML.</Text>
        ) : (
          <Stack gap="xs">
            <Title order={2} size="h4">
              {shown ? `${shown.type} ${policy}` : policy}
            </Title>
            {shown ? (
              <Code block role="region" aria-label={`XML of ${policy}`} tabIndex={0} style={{ maxHeight: 420, overflow: 'auto' }}>
                {shown.xml}
              </Code>
            ) : (
              <Text size="sm">The bundle holds no policy of this name.</Text>
            )}
          </Stack>
        )}
      </div>
    </Page>
  )
}
