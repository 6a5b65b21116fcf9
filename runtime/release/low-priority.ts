/** Threads that must not hold up serving ones. */
import { setPriority } from 'node:os'
import { platform } from 'node:process'

/**
 * Of -20 to 19. While serving threads want the cores they get ten times the share of this one, which else costs those
 * that share a core with it 10–30 ms; not 19, at which a busy machine starves it and a load meets its time limit.
 */
const NICE = 10

/** This thread only: Linux keeps a niceness for each thread. Elsewhere it would be the whole process's, so it stays. */
export function lowerPriority(): void {
  if (platform === 'linux') setPriority(NICE)
}
