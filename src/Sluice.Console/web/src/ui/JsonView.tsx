import { Box, Code, Mark } from '@mantine/core'
import { useEffect, useRef } from 'react'

type Line = { text: string; pointer: string }

type Props = {
  value: unknown
  label: string
  /** JSON Pointers of what is to be marked; an asterisk stands for any index. */
  marked?: string[]
  maxHeight?: number
}

/** A JSON document as text, with the places marked that matter. */
export function JsonView({ value, label, marked = [], maxHeight = 420 }: Props) {
  const lines: Line[] = typeof value === 'string' ? [{ text: value, pointer: '#' }] : []
  if (typeof value !== 'string') write(lines, value, '', '', '', '')
  const place = useRef<HTMLPreElement>(null)
  const text = lines.map((line) => line.text).join('\n')
  // The marked place is what one came for: it is in sight, without moving the page.
  useEffect(() => {
    const mark = place.current?.querySelector('mark')
    if (place.current && mark) place.current.scrollTop = mark.offsetTop - place.current.clientHeight / 2
  }, [text])
  return (
    <Code ref={place} block aria-label={label} tabIndex={0} role="region" style={{ maxHeight, overflow: 'auto', whiteSpace: 'pre', position: 'relative' }}>
      {lines.map((line, at) =>
        marked.some((pointer) => isAt(line.pointer, pointer)) ? (
          <Mark key={at} color="red" fw={700}>
            {line.text + '\n'}
          </Mark>
        ) : (
          <Box component="span" key={at}>
            {line.text + '\n'}
          </Box>
        ),
      )}
    </Code>
  )
}

function write(lines: Line[], value: unknown, pointer: string, indent: string, before: string, after: string) {
  if (value === null || typeof value !== 'object') {
    lines.push({ text: `${indent}${before}${JSON.stringify(value)}${after}`, pointer })
    return
  }
  const isList = Array.isArray(value)
  const members = isList ? value.map((one, at) => [String(at), one] as const) : Object.entries(value)
  if (members.length === 0) {
    lines.push({ text: `${indent}${before}${isList ? '[]' : '{}'}${after}`, pointer })
    return
  }
  lines.push({ text: `${indent}${before}${isList ? '[' : '{'}`, pointer })
  members.forEach(([name, one], at) =>
    write(lines, one, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, `${indent}  `, isList ? '' : `${JSON.stringify(name)}: `, at === members.length - 1 ? '' : ','),
  )
  lines.push({ text: `${indent}${isList ? ']' : '}'}${after}`, pointer: `${pointer}/#end` })
}

function isAt(pointer: string, wanted: string) {
  const parts = pointer.split('/')
  const asked = wanted.split('/')
  return parts.length === asked.length && parts.every((part, at) => asked[at] === '*' || asked[at] === part)
}
