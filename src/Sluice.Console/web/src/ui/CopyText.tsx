import { Button, Code, CopyButton, Group } from '@mantine/core'

type Props = { text: string; label: string; isBlock?: boolean }

/** A text that people carry elsewhere, with a button that takes it along. */
export function CopyText({ text, label, isBlock = false }: Props) {
  return (
    <Group gap="xs" align="start" wrap={isBlock ? 'wrap' : 'nowrap'}>
      <Code block={isBlock} aria-label={label} style={{ overflowWrap: 'anywhere', whiteSpace: isBlock ? 'pre-wrap' : undefined, maxWidth: '100%' }}>
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="light" onClick={copy} aria-label={`Copy ${label}`} style={{ flexShrink: 0 }}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
