/**
 * `flight fmt`: one way to write a file. Two blanks of indentation, the kind first, double quotes, quotes around text
 * that YAML 1.1 tools misread; comments, blank lines and the order of keys stay. Formatting twice changes nothing.
 */
import { isKind } from '@flightplan/contract/schema/kinds.ts'
import { type Document, isMap, isScalar, parseDocument, type Scalar, visit } from 'yaml'

/** YAML 1.1 reads these plain scalars as booleans, numbers to base 60, or dates. */
const MISREAD =
  /^(?:y|n|yes|no|on|off|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*)$/i

/** The formatted text; null when the text is not well-formed or holds what the language refuses. */
export function format(text: string): string | null {
  const document = parseDocument(text, { version: '1.2', schema: 'failsafe', stringKeys: true })
  if (document.errors.length > 0 || !document.contents || refused(document)) return null
  kindFirst(document)
  quote(document)
  return document.toString({
    indent: 2,
    indentSeq: true,
    lineWidth: 0,
    singleQuote: false,
    flowCollectionPadding: false,
  })
}

/** Anchors, aliases and tags are refused by the compiler; to move them about could change what they mean. */
function refused(document: Document): boolean {
  let found = false
  visit(document, {
    Alias: () => {
      found = true
      return visit.BREAK
    },
    Node: (_, node) => {
      if (node.anchor === undefined && !node.tag) return undefined
      found = true
      return visit.BREAK
    },
  })
  return found
}

/** Moves the key that names the kind to the top, with its comments. */
function kindFirst(document: Document): void {
  const root = document.contents
  if (!isMap(root)) return
  const first = root.items[0]?.key
  if (isScalar(first) && isKind(String(first.value))) return
  const index = root.items.findIndex(pair => isScalar(pair.key) && isKind(String(pair.key.value)))
  const [kind] = index < 0 ? [] : root.items.splice(index, 1)
  if (kind) root.items.unshift(kind)
}

/** Plain text that other tools misread gets quotes; needless quotes of values stay, they do no harm. */
function quote(document: Document): void {
  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value === 'string' && node.type === 'PLAIN' && MISREAD.test(node.value)) asQuoted(node)
      if (key !== 'key' && node.type === 'QUOTE_SINGLE') asQuoted(node)
    },
  })
}

function asQuoted(node: Scalar): void {
  node.type = 'QUOTE_DOUBLE'
}
