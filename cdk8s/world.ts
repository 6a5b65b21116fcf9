/** What the charts read: the values of one environment and the exchanges that people wrote. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'
import { parse } from 'yaml'
import { type Environment, type EnvironmentName, readEnvironment } from './environment.ts'

export interface World {
  environment: Environment
  /** Those that are not stopped, by id. */
  exchanges: readonly Exchange[]
  /** File name → text. */
  sql: { flink: ReadonlyMap<string, string>; clickhouse: ReadonlyMap<string, string> }
}

/** @param root a repository that `flight validate` accepts: exchanges are not checked again */
export function readWorld(root: string, name: EnvironmentName): World {
  const exchanges = filesOf(root, 'exchanges', 'yaml').map(([, text]): Exchange => parse(text))
  return {
    environment: readEnvironment(name),
    exchanges: exchanges.filter(({ status }) => status !== 'stopped'),
    sql: {
      flink: new Map(filesOf(root, 'sql/flink', 'sql')),
      clickhouse: new Map(filesOf(root, 'sql/clickhouse', 'sql')),
    },
  }
}

function filesOf(root: string, folder: string, ending: string): [string, string][] {
  const names = globSync(`*.${ending}`, { cwd: join(root, folder) }).sort()
  return names.map(name => [name, readFileSync(join(root, folder, name), 'utf8')])
}
