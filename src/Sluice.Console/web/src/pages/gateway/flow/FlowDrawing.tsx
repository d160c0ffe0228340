import '@xyflow/react/dist/style.css'
import { Badge, Button, Code, Paper, Stack, Text, useComputedColorScheme } from '@mantine/core'
import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import { type Box, draw } from './graph'
import type { Proxy, Step } from './model'

type Props = { proxy: Proxy; show: (policy: string) => void }

const nodeTypes = { box: Part }

/** The way of a request through a proxy, drawn from left to right. */
export default function FlowDrawing({ proxy, show }: Props) {
  const scheme = useComputedColorScheme('light')
  const { nodes, edges } = useMemo(() => draw(proxy, show), [proxy, show])
  return (
    <div style={{ height: 560, border: '1px solid var(--mantine-color-default-border)' }} role="group" aria-label="Flow">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        // Begins where a request does, in a size that can be read; a button fits the whole in.
        defaultViewport={{ x: 16, y: 24, zoom: 0.9 }}
        defaultEdgeOptions={{ style: { stroke: 'var(--mantine-color-dimmed)' } }}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  )
}

function Part({ data }: NodeProps<Node<Box>>) {
  return (
    <Paper withBorder p="xs" w={230} style={{ pointerEvents: 'all' }}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Stack gap={4}>
        <Text size="xs" c="dimmed">
          {data.kind}
        </Text>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {data.title}
        </Text>
        {data.condition && (
          <Code fz={11} style={{ overflowWrap: 'anywhere', maxHeight: 48, overflow: 'hidden' }} title={data.condition}>
            {data.condition}
          </Code>
        )}
        <Steps title="Request" steps={data.request} show={data.show} />
        <Steps title="Response" steps={data.response} show={data.show} />
      </Stack>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </Paper>
  )
}

function Steps({ title, steps, show }: { title: string; steps: Step[]; show: (policy: string) => void }) {
  return steps.length === 0 ? null : (
    <>
      <Badge size="xs" variant="default" radius="sm">
        {title}
      </Badge>
      {steps.map((step, at) => (
        <Button key={at} size="compact-xs" variant="light" className="nopan" title={step.condition || undefined} onClick={() => show(step.policy)}>
          {step.policy}
          {step.condition && ' if …'}
        </Button>
      ))}
    </>
  )
}
