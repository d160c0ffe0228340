import { number } from '../../ui/Page'
import { type SegmentRow, segmentPage } from './calls'
import { FolderedList } from './FolderedList'

/** Every segment, folder by folder. */
export function Segments() {
  return (
    <FolderedList<SegmentRow>
      title="Segments"
      one="segment"
      family="segments"
      page={segmentPage}
      about="A segment is everybody for whom a rule over traits holds"
      columns={[
        { title: 'People, 30 days', sort: 'totalUniques30Day', align: 'right', cell: (row) => number(row.totalUniques30Day ?? 0) },
        { title: 'People ever', sort: 'totalUniquesLifetime', isExtra: true, align: 'right', cell: (row) => number(row.totalUniquesLifetime ?? 0) },
      ]}
    />
  )
}
