/** Waiting for a call, with a limit. */

/** A pause that a call ends; a call that comes while nobody pauses ends the next one. */
export function openWaker() {
  let [isStopped, isCalled] = [false, false]
  let wake = (): void => {}
  return {
    isStopped: () => isStopped,
    /** From now on calls count: what is looked at next is as new as those before. */
    listen() {
      isCalled = false
    },
    call() {
      isCalled = true
      wake()
    },
    stop() {
      isStopped = true
      wake()
    },
    /** True: it was called. */
    async pause(ms: number): Promise<boolean> {
      if (!isCalled && !isStopped)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      return isCalled && !isStopped
    },
  }
}
