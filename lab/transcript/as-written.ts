/** What differs from run to run becomes words, so that a page and a new run can be compared. */

const RULES: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{64}\b/g, '<digest>'],
  [/\b[0-9a-f]{12,40}\b/g, '<digest>'],
  [/\([0-9a-f]{7,11}\)/g, '(<commit>)'],
  [/^index [0-9a-f.]+ \d+$/gm, 'index <blobs>'],
  [/\br1[0-9]{12}\b/g, '<rollout>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b/g, '<time>'],
  [/^\d\d:\d\d:\d\d /gm, '<time> '],
  [/\b\d+(\.\d+)? (ms|s|min|h|d) after/g, '<time> after'],
  [/\b[\d.]+ (ms|s|min|h)\b/g, '<time>'],
  [/\b[\d,]+ (B|bytes)\b/g, '<bytes>'],
  [/\b\d+ and \d+ auctions/g, '<n> and <n> auctions'],
]

export function asWritten(output: string, root: string): string {
  let text = output.replaceAll(root, '.')
  for (const [pattern, word] of RULES) text = text.replace(pattern, word)
  return text
}
