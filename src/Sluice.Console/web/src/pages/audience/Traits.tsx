import { number } from '../../ui/Page'
import { type TraitRow, traitPage } from './calls'
import { FolderedList } from './FolderedList'
import { traitTypes } from './words'

/** Every trait, folder by folder. */
export function Traits() {
  return (
    <FolderedList<TraitRow>
      title="Traits"
      one="trait"
      family="traits"
      page={traitPage}
      about="A trait is what one can know about somebody from an event"
      columns={[
        { title: 'Comes', sort: 'traitType', cell: (row) => traitTypes[row.traitType] },
        { title: 'People, 30 days', sort: 'uniques30Day', align: 'right', cell: (row) => number(row.uniques30Day ?? 0) },
        { title: 'People ever', sort: 'uniquesLifetime', isExtra: true, align: 'right', cell: (row) => number(row.uniquesLifetime ?? 0) },
      ]}
    />
  )
}
