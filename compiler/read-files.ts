/** What a resident compiler keeps between runs: after an edit only the files that changed are read anew. */
import type { SourceFile } from './load.ts'
import { type ParseResult, parseFile } from './parse.ts'
import { type ValidateResult, validateFile } from './validate.ts'

interface ReadFile {
  blob_id: string
  parsed: ParseResult
  validated: ValidateResult
}

/**
 * Parsed and validated files by path, for as long as their blob id stays. Both are pure functions of path and bytes,
 * so a release made from them has the bytes of one made afresh.
 */
export class ReadFiles {
  #known = new Map<string, ReadFile>()

  parse(sources: readonly SourceFile[]): ParseResult[] {
    return sources.map(source => this.#find(source)?.parsed ?? parseFile(source))
  }

  /** @param parsed of the same files, in their order; files that are gone are forgotten */
  validate(sources: readonly SourceFile[], parsed: readonly ParseResult[]): ValidateResult[] {
    const next = new Map<string, ReadFile>()
    const results = sources.map((source, i) => {
      const one = parsed[i]! // both lists have one length
      const validated = this.#find(source)?.validated ?? validateFile(one.file)
      next.set(source.path, { blob_id: source.blob_id, parsed: one, validated })
      return validated
    })
    this.#known = next
    return results
  }

  #find({ path, blob_id }: SourceFile): ReadFile | null {
    const known = this.#known.get(path)
    return known?.blob_id === blob_id ? known : null
  }
}
