import { Button, Code, Group, List, Stack, Text, Title } from '@mantine/core'
import type { Endpoint, Proxy, Step } from './model'

type Props = { proxy: Proxy; show: (policy: string) => void }

/** The same as the drawing, as a list that can be read out and searched. */
export function FlowList({ proxy, show }: Props) {
  return (
    <Stack>
      {[...proxy.endpoints, ...proxy.targets].map((endpoint) => (
        <EndpointPart key={`${endpoint.isTarget} ${endpoint.name}`} endpoint={endpoint} show={show} />
      ))}
    </Stack>
  )
}

function EndpointPart({ endpoint, show }: { endpoint: Endpoint; show: (policy: string) => void }) {
  return (
    <section aria-label={`${endpoint.isTarget ? 'Target' : 'Proxy'} endpoint ${endpoint.name}`}>
      <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>
        {endpoint.isTarget ? 'Target' : 'Proxy'} endpoint {endpoint.name}: {endpoint.address || '/'}
      </Title>
      <List type="ordered" spacing="xs" mt="xs">
        {endpoint.stages.map((stage, at) => (
          <List.Item key={at}>
            <Text size="sm" fw={600}>
              {stage.title}
            </Text>
            <Condition of={stage.condition} />
            <Steps title="Request" steps={stage.request} show={show} />
            <Steps title="Response" steps={stage.response} show={show} />
          </List.Item>
        ))}
        {endpoint.routes.map((route, at) => (
          <List.Item key={`route ${at}`}>
            <Text size="sm">
              Route {route.name}: {route.target ? `target endpoint ${route.target}` : route.url || 'none, the proxy answers itself'}
            </Text>
            <Condition of={route.condition} />
          </List.Item>
        ))}
        {endpoint.faults.map((fault, at) => (
          <List.Item key={`fault ${at}`}>
            <Text size="sm">On a fault: {fault.name}</Text>
            <Condition of={fault.condition} />
            <Steps title="Steps" steps={fault.steps} show={show} />
          </List.Item>
        ))}
      </List>
    </section>
  )
}

const Condition = ({ of }: { of: string }) =>
  of === '' ? null : (
    <Text size="sm" component="div">
      if <Code style={{ overflowWrap: 'anywhere' }}>{of}</Code>
    </Text>
  )

function Steps({ title, steps, show }: { title: string; steps: Step[]; show: (policy: string) => void }) {
  return steps.length === 0 ? null : (
    <Group gap="xs" mt={4}>
      <Text size="sm">{title}:</Text>
      {steps.map((step, at) => (
        <Group key={at} gap={4}>
          <Button size="compact-xs" variant="light" onClick={() => show(step.policy)}>
            {step.policy}
          </Button>
          <Condition of={step.condition} />
        </Group>
      ))}
    </Group>
  )
}
