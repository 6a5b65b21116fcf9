/**
 * The closed catalogue of diagnostics. Codes are stable and never reused: they are in pull requests, in SARIF files and
 * in people's notes. 1xxx reading, 2xxx shape, 3xxx references and meaning, 4xxx targeting and reachability, 5xxx release,
 * 6xxx tests and admission of changes.
 */
export interface ErrorText {
  title: string
  /** For `flight explain CODE`: why it is a fault and what to do. */
  text: string
}

const entry = (title: string, text: string): ErrorText => ({ title, text })

export const ERRORS = {
  // 1xxx reading
  FP1001: entry(
    'file too large',
    'A YAML file is larger than 1 MiB, or another file larger than 64 MiB. Split it: one file holds one thing, and long inventory lists go to a text file named by `file:`.',
  ),
  FP1002: entry(
    'not a text file',
    'A YAML file holds a NUL byte or is not UTF-8. It is probably something else under the wrong name, or was saved in another encoding. Save it as UTF-8.',
  ),
  FP1003: entry('broken YAML', 'The text is not YAML 1.2. The message says what the parser met and where.'),
  FP1004: entry(
    'key written twice',
    'A map has the same key twice, and which one counts would be anybody’s guess. Ids are keys, so two line items or segments of one name show up here too.',
  ),
  FP1005: entry(
    'anchors, aliases and merge keys are not used',
    'YAML anchors (&a), aliases (*a) and merge keys (<<) make a line mean something that is written elsewhere, and a short file expand without bound. Repeat the value, or use `defaults:` of the campaign.',
  ),
  FP1006: entry(
    'tags are not used',
    'A YAML tag (!name) changes the type of a value. Remove it; quote a value that must be text.',
  ),
  FP1007: entry('empty file', 'The file holds no value. Remove it, or write the key of its kind first.'),
  FP1008: entry(
    'more than one document',
    'A file holds one document. Remove what follows `---`, or make it a file of its own.',
  ),
  FP1009: entry(
    'nested too deeply',
    'Maps and lists are nested more than 64 levels deep. No kind of file needs a tenth of that.',
  ),
  FP1010: entry(
    'key is not text',
    'Keys are plain text: no lists, maps or blanks. `__proto__`, `constructor` and `prototype` are refused.',
  ),
  FP1011: entry(
    'link to outside',
    'A symbolic link leads out of the repository, or nowhere. What is compiled must be what is committed: replace the link with the file.',
  ),
  FP1012: entry(
    'cannot be read',
    'The operating system refused to open a file or folder. Check that it exists and its permissions.',
  ),
  FP1013: entry(
    'byte order mark or tab',
    'YAML is indented with spaces. Replace tabs by two spaces: `flight fmt` cannot do it, since it cannot tell how deep a tab is.',
  ),
  FP1014: entry(
    'broken CSV',
    'A sheet of line items has a quote that is not closed, or a row with more cells than the header. Cells with a comma, a quote or a line end stand in quotes, and a quote inside of them is written twice.',
  ),
  // 2xxx shape
  FP2001: entry(
    'unknown kind of file',
    'The first key says what a file is, such as `campaign: acme-spring`. It must be one of the known kinds, and come first.',
  ),
  FP2002: entry(
    'unknown key',
    'The key is not in the language at this place. `flight schema KIND` prints what is; the schema in .schema/ lets an editor complete it.',
  ),
  FP2003: entry('missing key', 'A key that must be there is not.'),
  FP2004: entry(
    'blank value',
    'A key is followed by nothing (or null). A blank may mean "none", "default" or "forgotten": remove the key, or write the value.',
  ),
  FP2005: entry('wrong type', 'The value is a list where a map belongs, text where a number belongs, or the like.'),
  FP2006: entry('not an allowed value', 'The value is not one of the words allowed here.'),
  FP2007: entry('wrong form', 'The text does not have the form that is needed here; the message shows an example.'),
  FP2008: entry('out of range', 'The number is below the least or above the most allowed.'),
  FP2009: entry('wrong number of entries', 'The list or map has too few or too many entries, or one of them twice.'),
  FP2010: entry(
    'from a later version on',
    'The language has a word for this, but nothing acts on it yet; accepting it would promise something that does not happen. Remove it for now.',
  ),
  FP2011: entry('no effect yet', 'The file is checked, but nothing uses it in this version.'),
  FP2012: entry(
    'keys exclude each other',
    'The map holds more than one of the keys of which one is allowed, or none of them.',
  ),
  FP2013: entry('key needs another key', 'The key has a meaning only together with another one that is not there.'),
  FP2014: entry(
    'decimal out of range',
    'An amount is negative, has more decimals than a nano-unit can hold (9 for amounts, 6 for CPM), or is 9,000,000 units or more.',
  ),
  // 3xxx references and meaning
  FP3001: entry('dangling reference', 'The id names nothing that exists in the repository.'),
  FP3002: entry(
    'id used twice',
    'Two files of one kind have the same id. Rename one; ids are in reports and in the ledger, so rename the newer one.',
  ),
  FP3003: entry(
    'size is not of the format',
    'The size of the creative is none that its line item’s targeting or format allows.',
  ),
  FP3004: entry(
    'click macro missing',
    'The markup has no click macro, so clicks would not be counted and a cpc or cpa line item would have no result.',
  ),
  FP3005: entry(
    'click macro not escaped',
    'The click macro stands inside of another URL and must be percent-encoded there: use the _ENC form.',
  ),
  FP3006: entry('dates reversed', 'The end is before the start.'),
  FP3007: entry('dates outside of the parent’s', 'A line item or segment runs outside of the flight of its campaign.'),
  FP3008: entry(
    'unknown currency',
    'The currency has no rate in `planning_rates` of flightplan.yaml, or is no ISO 4217 code.',
  ),
  FP3009: entry('currencies do not fit', 'A currency differs from the one that is needed here.'),
  FP3010: entry(
    'budget above its parent’s',
    'A budget is larger than the one it is part of, so it can never be spent.',
  ),
  FP3011: entry(
    'budgets add up to more than the parent’s',
    'The parts together exceed the whole. That is allowed (the parent is the cap), but is often a slip.',
  ),
  FP3012: entry(
    'input not produced',
    'A model asks for an input that the runtime does not make; it would always see the value for `missing`.',
  ),
  FP3013: entry(
    'no highest bid',
    'A cpc or cpa bid has no `max_cpm`, of its own or from `defaults.bid`: one wrong prediction could bid any price.',
  ),
  FP3014: entry('unknown country', 'The code is not assigned in ISO 3166-1. The United Kingdom is GB.'),
  FP3015: entry('unknown region', 'The code is not a subdivision of that country in ISO 3166-2.'),
  FP3016: entry('unknown category', 'The code is not in the taxonomy named.'),
  FP3017: entry('unknown time zone', 'The name is not in the IANA time zone database.'),
  FP3018: entry(
    'creative of another advertiser',
    'The creative belongs to another advertiser than the order of the line item.',
  ),
  FP3019: entry('no creatives', 'The line item has no creative that could be shown.'),
  FP3020: entry('file not found', 'A file named by the YAML does not exist.'),
  FP3021: entry('bid above the limit', 'The bid could exceed `limits.max_cpm_usd` of flightplan.yaml.'),
  FP3022: entry('no such day', 'The date does not exist in the calendar, such as 30 February.'),
  FP3023: entry('content does not fit the type', 'A creative has no markup, image or media where its type needs one.'),
  FP3024: entry('unknown language', 'The code is not in ISO 639-1.'),
  FP3025: entry('file does not match its digest', 'The sha256 in the YAML is not that of the file.'),
  FP3026: entry('conversion missing', 'A cpa bid needs a conversion, of its own or from `goal` of the campaign.'),
  FP3027: entry(
    'model missing',
    'A cpc or cpa bid needs a model, of its own or one whose `used_by` covers the format of its creatives.',
  ),
  FP3028: entry(
    'flightplan.yaml missing',
    'The root has no flightplan.yaml with the language version and the vendor id.',
  ),
  FP3029: entry('price keys missing', 'An encrypting price codec needs `keys`.'),
  FP3030: entry(
    'insecure content',
    'The markup loads something over http. Most slots ask for https (`imp.secure`), and browsers block mixed content: it would never be shown there.',
  ),
  FP3031: entry(
    'file named otherwise',
    'An exchange is addressed by its id, and people look for it by the name of its file: they should be one.',
  ),
  FP3032: entry(
    'model does not hold',
    'The artifact cannot be read, its calibration does not rise, or it does not reproduce its golden vectors.',
  ),
  FP3033: entry(
    'row of another campaign',
    'A sheet named by `line_items_from` holds the line items of that campaign alone. Leave the column `campaign` out, or move the row.',
  ),
  FP3034: entry(
    'media types missing',
    'A video or audio ad behind a `vast_tag` says no `mimes`. Slots list the types that they play, so it would fit hardly any of them.',
  ),
  // 4xxx targeting and reachability
  FP4001: entry('never matches', 'No request can satisfy the targeting: the lines named exclude each other.'),
  FP4002: entry('matches everything', 'The targeting has no effect: it is true for every request.'),
  FP4003: entry(
    'targeting too large',
    'The targeting needs more alternatives than the index takes. Split the line item, or use an inventory list.',
  ),
  FP4004: entry('never wins its slot', 'No exchange, deal or format that the line item needs is live.'),
  FP4005: entry('unknown rule', 'The Rego rule named is in no file of policies/request.'),
  // 5xxx release
  FP5001: entry('release does not verify', 'The digest or signature of the release is wrong.'),
  FP5002: entry('release of another format', 'The release was built by a version with another snapshot format.'),
  FP5003: entry('release too large', 'The snapshot is larger than `limits.max_snapshot_bytes`.'),
  FP5004: entry('golden auction differs', 'The engine decides a golden auction otherwise than the release recorded.'),
  FP5005: entry('secret missing', 'A secret that is needed is neither in the environment nor under SECRETS_DIR.'),
  FP5006: entry(
    'policy is not the compiled one',
    'policies/request/compiled is missing or was built from other sources than those beside it. Run `npm run policies` and commit what it writes.',
  ),
  FP5010: entry('release cannot be fetched', 'No store gave a file of the announced release. The bidder tries again.'),
  FP5011: entry(
    'announcement refused',
    'A channel record is malformed, or its sequence number is lower than one that this bidder has seen.',
  ),
  FP5012: entry(
    'request policy missing',
    'There is no Rego in policies/request. No bidder loads a release without a request policy: what may be bid on at all must be said by somebody.',
  ),
  // 6xxx tests and admission
  FP6001: entry(
    'expectation not met',
    'A test of `flight test` expects another outcome than the engine gives. `flight explain --request` shows the whole funnel of a request; change the test only where the new outcome is what you want.',
  ),
  FP6002: entry(
    'test cannot be run',
    'The test names what does not exist, has no request, exchange or time, or its request is no bid request.',
  ),
  FP6101: entry(
    'change denied by policy',
    'A rule in policies/admission says that this change may not be merged as it is. The message says what would satisfy it; the numbers that rules go by are in policies/admission/limits.rego.',
  ),
  FP6102: entry(
    'advice of a policy',
    'A rule in policies/admission has something to say about this change. It may be merged.',
  ),
} as const satisfies Record<string, ErrorText>

export type ErrorCode = keyof typeof ERRORS

export const isErrorCode = (word: string): word is ErrorCode => Object.hasOwn(ERRORS, word)

const GROUPS: readonly [string, string][] = [
  ['FP1', 'Reading'],
  ['FP2', 'Shape'],
  ['FP3', 'References and meaning'],
  ['FP4', 'Targeting and reachability'],
  ['FP5', 'Release'],
  ['FP6', 'Tests and admission'],
]

/** docs/errors.md, which a test keeps equal to the catalogue. */
export function errorsPage(): string {
  const lines = ['# Diagnostics', '', 'Generated from contract/errors.ts. `flight explain CODE` prints the same text.']
  for (const [prefix, title] of GROUPS) {
    lines.push('', `## ${title}`)
    for (const [code, error] of Object.entries(ERRORS)) {
      if (code.startsWith(prefix)) lines.push('', `### ${code} ${error.title}`, '', error.text)
    }
  }
  return `${lines.join('\n')}\n`
}
