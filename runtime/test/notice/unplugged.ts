/** A disk in memory that forgets what was not synced, and can break at any of its steps. */
import type { Disk } from '../../notice/disk.ts'

interface Held {
  written: Buffer
  synced: number
}

/** Thrown at the step that the test chose: nothing after it happens. */
export class PowerCut extends Error {}

export function unpluggedDisk(cutAt = Number.POSITIVE_INFINITY) {
  const files = new Map<string, Held>()
  let steps = 0
  const step = () => {
    if (++steps > cutAt) throw new PowerCut(`step ${steps}`)
  }
  const disk: Disk = {
    async list() {
      return [...files]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { written }]) => ({ name, bytes: written.length }))
    },
    async create(name) {
      step()
      const file: Held = { written: Buffer.alloc(0), synced: 0 }
      files.set(name, file)
      return {
        async write(bytes) {
          await null
          step()
          file.written = Buffer.concat([file.written, bytes])
        },
        async sync() {
          await null
          step()
          file.synced = file.written.length
        },
        async close() {},
      }
    },
    async read(name) {
      return files.get(name)?.written ?? Buffer.alloc(0)
    },
    async cut(name, bytes) {
      step()
      const file = files.get(name)
      if (file) Object.assign(file, { written: file.written.subarray(0, bytes), synced: Math.min(file.synced, bytes) })
    },
    async remove(name) {
      files.delete(name)
    },
  }
  return {
    disk,
    steps: () => steps,
    /** What a disk may hold after the power came back: what was synced, and any part of what was not. */
    pull(keep: number): Disk {
      cutAt = Number.POSITIVE_INFINITY
      for (const file of files.values()) {
        const torn = file.synced + Math.floor((file.written.length - file.synced) * keep)
        file.written = file.written.subarray(0, torn)
        file.synced = torn
      }
      return disk
    },
  }
}
