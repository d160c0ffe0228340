import { Anchor, Breadcrumbs, Group, Stack, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Link } from 'react-router'

type Props = { title: string; above?: { title: string; to: string }[]; actions?: ReactNode; children: ReactNode }

/** A page: its title, also of the window, the way up, what can be done here, and what it shows. */
export function Page({ title, above, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Sluice`
  }, [title])
  return (
    <Stack gap="md">
      {above && (
        <Breadcrumbs>
          {above.map((one) => (
            <Anchor key={one.to} component={Link} to={one.to}>
              {one.title}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        <Group>{actions}</Group>
      </Group>
      {children}
    </Stack>
  )
}

export const when = (ms: number | string | undefined) => (ms === undefined ? '' : new Date(Number(ms)).toLocaleString())

export const number = (value: number) => value.toLocaleString()

/** A size as people read it. */
export const bytes = (value: number) => {
  const power = value < 1_000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3))
  return `${(value / 1_000 ** power).toLocaleString(undefined, { maximumFractionDigits: power === 0 ? 0 : 1 })} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}
