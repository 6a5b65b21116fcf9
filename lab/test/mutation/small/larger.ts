/** What the mutation tests mutate: `>=` instead of `>` gives the same numbers, `<` does not, `!==` never ends. */
export function larger(a: number, b: number): number {
  return a > b ? a : b
}

export function countTo(n: number): number {
  let count = 0
  while (count !== n) count += 1
  return count
}
