import { Alert, Stack, Text } from '@mantine/core'
import { CopyText } from '../../ui/CopyText'

type Props = { title: string; label: string; text: string; children?: string }

/** A secret that the server keeps only a hash of: to be taken along now. */
export function ShownOnce({ title, label, text, children }: Props) {
  return (
    <Alert color="yellow" title={title} role="status">
      <Stack gap="xs" align="flex-start">
        <CopyText text={text} label={label} />
        <Text size="sm">{children ?? 'It is shown this once: copy it before you leave this page.'}</Text>
      </Stack>
    </Alert>
  )
}
