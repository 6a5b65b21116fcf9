/** Whether a text is well-formed XML as far as VAST needs it: no DTD, no entities but the five (XML 1.0 §2.1). */

const NAME = '[A-Za-z_:][\\w:.-]*'
/** One token: comment, CDATA, processing instruction, tag with quoted attributes, or text without `<`. */
const TOKEN = new RegExp(
  [
    '<!--(?:(?!--)[^])*-->',
    '(?<cdata><!\\[CDATA\\[(?:(?!\\]\\]>)[^])*\\]\\]>)',
    '<\\?(?:(?!\\?>)[^])*\\?>',
    `</(?<close>${NAME})\\s*>`,
    `<(?<open>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
)
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\dA-Fa-f]+);)/
/** Control characters that XML 1.0 has no place for (§2.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

export interface Element {
  name: string
  attributes: ReadonlyMap<string, string>
  children: Element[]
  /** Text and CDATA of this element alone, joined. */
  text: string
}

function attributesOf(written: string): Map<string, string> | string {
  const found = new Map<string, string>()
  for (const [, name = '', quoted = ''] of written.matchAll(/([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
    if (found.has(name)) return `attribute ${name} twice`
    if (BARE_AMPERSAND.test(quoted)) return `bare & in attribute ${name}`
    found.set(name, quoted.slice(1, -1))
  }
  return found
}

/** The root element, or what is wrong and where. */
export function parseXml(source: string): Element | string {
  if (FORBIDDEN.test(source)) return 'a control character'
  const top: Element = { name: '', attributes: new Map(), children: [], text: '' }
  const open: Element[] = [top]
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(source)?.groups
    if (!groups) return `no markup at ${at}: ${source.slice(at, at + 40)}`
    const fault = take(groups, open)
    if (fault) return `${fault} at ${at}`
  }
  if (open.length > 1) return `<${open.at(-1)?.name}> is not closed`
  const [root, ...more] = top.children
  if (!root || more.length > 0 || top.text.trim() !== '') return 'not exactly one root element'
  return root
}

/** Adds one token to the innermost open element. */
function take(groups: Record<string, string | undefined>, open: Element[]): string | null {
  const inner = open.at(-1)
  if (!inner) return 'too many closing tags'
  const { cdata, close, open: name, attributes, empty, text } = groups
  if (cdata !== undefined) inner.text += cdata.slice('<![CDATA['.length, -']]>'.length)
  if (text !== undefined) {
    if (BARE_AMPERSAND.test(text)) return 'bare &'
    inner.text += text
  }
  if (close !== undefined) {
    if (close !== inner.name) return `</${close}> closes <${inner.name}>`
    open.pop()
  }
  if (name === undefined) return null
  const read = attributesOf(attributes ?? '')
  if (typeof read === 'string') return read
  const element: Element = { name, attributes: read, children: [], text: '' }
  inner.children.push(element)
  if (empty !== '/') open.push(element)
  return null
}

/** All elements of that name, the root included, in document order. */
export const elements = (root: Element, name: string): Element[] => [
  ...(root.name === name ? [root] : []),
  ...root.children.flatMap(child => elements(child, name)),
]
