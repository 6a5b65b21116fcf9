/** The YAML of a repository, as {@link checkAnswer} needs it: read without the compiler. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Facts } from '@flightplan/contract/facts.ts'
import { type Tree, text, texts, tree } from '../oracle/lenient.ts'
import { categoryTerm, readWorld } from '../oracle/world.ts'
import type { Asked } from './scene.ts'

export type World = Pick<Asked, 'categories'> & { exchanges: ReadonlyMap<string, Tree> }

export function readRepository(root: string): World {
  const paths = ['campaigns', 'exchanges'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.yaml'))
      .map(path => join(folder, path)),
  )
  const { exchanges, advertisers, creatives } = readWorld(
    paths.map(path => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
  const ofAdvertiser = (id: string | null) => texts(advertisers.get(id ?? '')?.['categories'])
  return {
    exchanges: new Map([...exchanges].map(([id, rules]) => [id, rules.tree])),
    // what a creative declares stands in place of what its advertiser is
    categories: new Map(
      [...creatives].map(([id, creative]) => {
        const declared = texts(tree(creative['declares'])['categories'])
        const own = declared.length > 0 ? declared : ofAdvertiser(text(creative['advertiser']))
        return [id, own.map(categoryTerm)]
      }),
    ),
  }
}

/** The side of the question of {@link checkAnswer}. */
export function askedOf(world: World, exchange: string, body: Buffer, facts: Facts, now_ms: number): Asked {
  const { categories, exchanges } = world
  return { request: parsed(body), exchange: exchanges.get(exchange) ?? {}, facts, now_ms, categories }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
