import { Anchor, Badge, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Column } from '../../../ui/DataTable'
import { type BundleKind, bundlePath } from './calls'

export type BundleRow = { name: string; revisions: number; deployed?: string }

/** What lists of proxies and of shared flows begin with. */
export const bundleColumns = (kind: BundleKind): Column<BundleRow>[] => [
  {
    title: 'Name',
    by: (row) => row.name,
    cell: (row) => (
      <Anchor component={Link} to={bundlePath(kind, row.name)}>
        {row.name}
      </Anchor>
    ),
  },
  { title: 'Deployed', by: (row) => Number(row.deployed ?? 0), cell: (row) => (row.deployed ? <Badge variant="light">revision {row.deployed}</Badge> : <Text size="sm">no</Text>) },
  { title: 'Revisions', by: (row) => row.revisions, align: 'right', cell: (row) => row.revisions },
]
