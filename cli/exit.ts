/** How a command ends. Scripts rely on the numbers; `flight --help` lists them. */
export const EXIT = {
  ok: 0,
  findings: 1,
  changes: 2,
  denied: 3,
  gate: 4,
  stale: 5,
  integrity: 6,
  aborted: 7,
  unreached: 8,
  usage: 64,
  internal: 70,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends a command with one line for people. Thrown by verbs, caught in main.ts only. */
export class Stop extends Error {
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The command line asks for something that cannot be done. */
export const usage = (message: string): Stop => new Stop(EXIT.usage, message)
/** A file that the command line names is not what it should be. */
export const badInput = (message: string): Stop => new Stop(EXIT.findings, message)
