import { Box, Input, Skeleton, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { usePlace } from '../../Shell'
import type { Place } from './refusal'
import type { begin, Language } from './ruleEngine'
import { suggest } from './suggestions'

type Props = {
  label: string
  language: Language
  value: string
  onChange: (value: string) => void
  /** What the server says is wrong with the rule, where it says so. */
  places: Place[]
  /** What is wrong with it as a whole. */
  fault?: string
}

const hints = {
  trait: 'product == 12 AND NOT c_make contains "boot"',
  segment: '51T AND NOT 52T, or frequency([51T] <= 7D) >= 2',
}

/** Where a rule is written: coloured, completed while one types, with its faults underlined where they are and said below. */
export function RuleEditor({ label, language, value, onChange, places, fault }: Props) {
  const place = usePlace()
  const queries = useQueryClient()
  const id = useId()
  const element = useRef<HTMLDivElement>(null)
  // What the editor asks for is always what this page has now; the editor itself stays, and where one writes in it.
  const now = useRef({ onChange, value, place })
  const [editor, setEditor] = useState<ReturnType<typeof begin>>()
  const [isMissing, setMissing] = useState(false)
  now.current = { onChange, value, place }

  useEffect(() => {
    let begun: ReturnType<typeof begin> | undefined
    let isGone = false
    import('./ruleEngine').then(
      (engine) => {
        if (isGone || element.current === null) return
        begun = engine.begin(element.current, {
          language,
          text: now.current.value,
          labelledBy: `${id}-label`,
          describedBy: `${id}-help ${id}-faults`,
          hint: hints[language],
          find: (word) => queries.fetchQuery({ queryKey: ['suggest', language, now.current.place, word], staleTime: 30_000, queryFn: () => suggest(language, word) }).catch(() => []),
          changed: (next) => now.current.onChange(next),
        })
        setEditor(begun)
      },
      () => setMissing(true),
    )
    return () => {
      isGone = true
      begun?.end()
      setEditor(undefined)
    }
  }, [id, language, queries])

  useEffect(() => editor?.setText(value), [editor, value])
  const shown = JSON.stringify(places)
  // As text, so that the marks are set when the faults change and not whenever the page is drawn.
  useEffect(() => editor?.show(JSON.parse(shown) as Place[]), [editor, shown])

  return (
    <Box>
      <Input.Label labelElement="div" id={`${id}-label`}>
        {label}
      </Input.Label>
      <Text size="xs" c="dimmed" id={`${id}-help`} mb={6}>
        Suggestions come while you type, and on Ctrl+Space. Press Escape, then Tab, to leave the editor.
      </Text>
      {!editor && !isMissing && <Skeleton height={90} />}
      {isMissing && <Text size="sm">The editor could not be loaded; reload the page to try again.</Text>}
      <div ref={element} />
      <Box id={`${id}-faults`} role="status" mt={4}>
        {places.map((one, at) => (
          <Text key={at} size="sm" c="var(--mantine-color-error)">
            Line {one.line}, column {one.column}: {one.message}
          </Text>
        ))}
        {places.length === 0 && fault && (
          <Text size="sm" c="var(--mantine-color-error)">
            {fault}
          </Text>
        )}
      </Box>
    </Box>
  )
}
