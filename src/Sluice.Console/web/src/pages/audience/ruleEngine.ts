// The editor of rules: the parts of CodeMirror that it needs, and the two rule languages. Fetched by the first page that has one.
import { acceptCompletion, autocompletion, type Completion, type CompletionContext, completionKeymap, completionStatus, startCompletion } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Place } from './refusal'

export type Language = 'trait' | 'segment'

/** What may stand where one types: what is shown, what it is, and what is written. */
export type Suggestion = { label: string; detail?: string; apply: string }

type Options = {
  language: Language
  text: string
  labelledBy: string
  describedBy: string
  hint: string
  /** Looks for what a word that is being typed may become. */
  find: (word: string) => Promise<Suggestion[]>
  changed: (text: string) => void
}

const named = /^(contains|matcheswords|startswith|endswith|matchesregex)$/i
const joining = /^(and|or|not)$/i

const operators: Completion[] = [
  ['==', 'is'],
  ['!=', 'is there and is not'],
  ['>=', 'number, at least'],
  ['<=', 'number, at most'],
  ['>', 'number, more than'],
  ['<', 'number, less than'],
  ['contains', 'has the text'],
  ['startswith', 'begins with'],
  ['endswith', 'ends with'],
  ['matcheswords', 'has the words'],
  ['matchesregex', 'has what a pattern finds'],
].map(([label, detail]) => ({ label: label!, detail, type: 'operator', apply: `${label} ` }))

const joints: Completion[] = ['AND', 'OR', 'AND NOT'].map((label) => ({ label, type: 'keyword', apply: `${label} ` }))

const frequency: Completion = { label: 'frequency', detail: 'how often, how lately', type: 'function', apply: 'frequency([1T] <= 7D) >= 2', boost: -5 }

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'light-dark(#862e9c, #e599f7)', fontWeight: '600' },
  { tag: tags.operator, color: 'light-dark(#a61e4d, #faa2c1)' },
  { tag: tags.string, color: 'light-dark(#2b6a1e, #8ce99a)' },
  { tag: tags.number, color: 'light-dark(#0b4f8a, #74c0fc)' },
  { tag: tags.atom, color: 'light-dark(#0b5f6a, #66d9e8)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'light-dark(#0b4f8a, #a5d8ff)' },
])

const look = EditorView.theme({
  '&': { border: '1px solid light-dark(var(--mantine-color-gray-6), var(--mantine-color-dark-2))', borderRadius: 'var(--mantine-radius-sm)', backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)' },
  '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-sm)', minHeight: '88px', maxHeight: '320px' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'light-dark(#a5d8ff, #1c4a6e)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'light-dark(#d3f9d8, #2b5a35)' },
  '.cm-tooltip': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-sm)', boxShadow: 'var(--mantine-shadow-md)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'light-dark(#0b7285, #15aabf)', color: 'light-dark(#ffffff, #000000)' },
  '.cm-completionDetail': { fontStyle: 'normal', marginLeft: '1em' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy light-dark(#c92a2a, #ff8787)', textUnderlineOffset: '3px' },
})

/** Puts an editor into an element. What it returns shows problems, takes another text, and lets go of the element. */
export function begin(element: HTMLElement, options: Options) {
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        StreamLanguage.define({ token: options.language === 'trait' ? traitToken : segmentToken }),
        syntaxHighlighting(colours),
        look,
        EditorView.lineWrapping,
        placeholder(options.hint),
        autocompletion({ override: [(context) => complete(context, options)], icons: false }),
        EditorView.contentAttributes.of({ 'aria-labelledby': options.labelledBy, 'aria-describedby': options.describedBy, 'aria-multiline': 'true', spellcheck: 'false' }),
        // Tab takes a suggestion while there is one, and otherwise goes on to the next field; not past suggestions that come this moment.
        keymap.of([{ key: 'Tab', run: (editor) => acceptCompletion(editor) || completionStatus(editor.state) !== null }, { key: 'Mod-i', run: startCompletion }, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.changed(update.state.doc.toString())
        }),
      ],
    }),
  })
  return {
    show(places: Place[]) {
      view.dispatch(setDiagnostics(view.state, places.map((place) => diagnosticOf(view.state, place))))
    },
    setText(text: string) {
      if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
    },
    end: () => view.destroy(),
  }
}

/** From the place to the end of the word there; one character where nothing stands. */
function diagnosticOf(state: EditorState, { line, column, message }: Place): Diagnostic {
  const there = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines))
  const at = Math.min(there.from + Math.max(column - 1, 0), there.to)
  const word = /^("[^"]*"?|[\w.-]+|[^\s\w"]+)/.exec(state.sliceDoc(at, there.to))?.[0].length ?? 0
  const from = word === 0 ? Math.max(there.from, at - 1) : at
  return { from, to: Math.max(at + word, from), severity: 'error', message }
}

function traitToken(stream: StringStream): string | null {
  if (stream.eatSpace()) return null
  if (stream.match(/"(?:[^"]|"")*"?/)) return 'string'
  if (stream.match(/==|!=|>=|<=|=>|>|</)) return 'operator'
  if (!stream.match(/[^()[\],"=!<>\s]+/)) {
    stream.next()
    return null
  }
  const word = stream.current()
  return joining.test(word) ? 'keyword' : named.test(word) ? 'operator' : /^-?\d+(\.\d+)?$/.test(word) ? 'number' : 'propertyName'
}

function segmentToken(stream: StringStream): string | null {
  if (stream.eatSpace()) return null
  if (stream.match(/==|>=|<=/)) return 'operator'
  if (!stream.match(/\w+/)) {
    stream.next()
    return null
  }
  const word = stream.current()
  return joining.test(word) || /^frequency$/i.test(word) ? 'keyword' : /^\d+T$/i.test(word) ? 'atom' : /^\d+D?$/i.test(word) ? 'number' : null
}

async function complete(context: CompletionContext, { language, find }: Options) {
  const before = context.state.sliceDoc(0, context.pos)
  const word = /[\w.-]*$/.exec(before)![0]
  const from = context.pos - word.length
  if (isInQuotes(before) || (word === '' && !context.explicit && !/[\s([,]$/.test(before))) return null
  const wants = language === 'trait' ? traitPlace(before.slice(0, from)) : segmentPlace(before.slice(0, from))
  if (wants === 'operator') return { from, options: operators }
  if (wants === 'joint') return { from, options: joints }
  if (wants === 'value' || (word === '' && !context.explicit)) return null
  const found = await find(word)
  if (context.aborted) return null
  const options: Completion[] = found.map(({ label, detail, apply }) => ({ label, detail, apply, type: 'variable' }))
  if (language === 'segment' && 'frequency'.startsWith(word.toLowerCase())) options.push(frequency)
  if ('not'.startsWith(word.toLowerCase())) options.push({ label: 'NOT', type: 'keyword', apply: 'NOT ', boost: -10 })
  // The server has looked; what it found need not begin with the word.
  return options.length === 0 ? null : { from, options, filter: false }
}

const isInQuotes = (text: string) => (text.match(/"/g) ?? []).length % 2 === 1

// What is written so far says what comes next: something to hold, how it compares, with what, and how the next is joined.
function traitPlace(before: string): 'term' | 'operator' | 'value' | 'joint' {
  const tokens = before.match(/"(?:[^"]|"")*"|==|!=|>=|<=|=>|>|<|[()]|[^()"=!<>\s]+/g) ?? []
  let wants: 'term' | 'operator' | 'value' | 'joint' = 'term'
  for (const token of tokens) {
    if (token === '(' || joining.test(token)) wants = 'term'
    else if (token === ')') wants = 'joint'
    else if (wants === 'term') wants = 'operator'
    else if (wants === 'operator') wants = 'value'
    else wants = 'joint'
  }
  return wants
}

function segmentPlace(before: string): 'term' | 'value' | 'joint' {
  let wants: 'term' | 'value' | 'joint' = 'term'
  // A frequency test has its traits in brackets and a number behind its parenthesis.
  let isCounting = false
  let isInList = false
  let isInside = false
  for (const token of before.match(/[()[\],]|[<>=]+|[^\s()[\],<>=]+/g) ?? []) {
    if (/^frequency$/i.test(token)) [isCounting, isInside, wants] = [true, true, 'value']
    else if (token === '(') wants = isCounting ? 'value' : 'term'
    else if (token === '[') [isInList, wants] = [true, 'term']
    else if (token === ']') [isInList, wants] = [false, 'value']
    else if (token === ',' || joining.test(token)) wants = 'term'
    else if (token === ')') [isInside, wants] = [false, isCounting ? 'value' : 'joint']
    else if (/^[<>=]/.test(token) || isInList || isInside) wants = 'value'
    else [isCounting, wants] = [false, 'joint']
  }
  return wants
}
