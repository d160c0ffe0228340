import { Card, Text } from '@mantine/core'

/** One number that says how things are, with its name. */
export function Figure({ title, value, isBad = false }: { title: string; value: string; isBad?: boolean }) {
  return (
    <Card withBorder component="figure" m={0} aria-label={title}>
      <Text size="sm" c="dimmed" component="figcaption">
        {title}
      </Text>
      <Text size="xl" fw={600} c={isBad ? 'var(--mantine-color-error)' : undefined}>
        {value}
      </Text>
    </Card>
  )
}
