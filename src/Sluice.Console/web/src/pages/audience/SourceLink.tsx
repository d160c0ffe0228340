import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { ask } from './refusal'

/** A data source by its name, which leads to it. */
export function SourceLink({ id }: { id: number }) {
  const place = usePlace()
  const found = useQuery({ queryKey: ['source', place, id], staleTime: 60_000, refetchInterval: false, queryFn: () => ask(audience.GET('/v1/datasources/{dataSourceId}', { params: { path: { dataSourceId: id } } })) })
  return (
    <Anchor component={Link} to={`/audience/sources/${id}`}>
      {found.data?.name ?? id}
    </Anchor>
  )
}
