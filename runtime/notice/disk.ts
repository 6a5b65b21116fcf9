/** The folder of a spool: what it needs of a disk, so that a test can pull the plug between a write and its sync. */
import { mkdir, open, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'

export interface SegmentFile {
  write(bytes: Buffer): Promise<void>
  /** What was written before survives a power cut once this resolves. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** Names of the segments with their sizes, oldest first. */
  list(): Promise<{ name: string; bytes: number }[]>
  /** A new one; its name survives a power cut once this resolves. */
  create(name: string): Promise<SegmentFile>
  read(name: string): Promise<Buffer>
  /** Shortens it, durably. */
  cut(name: string, bytes: number): Promise<void>
  remove(name: string): Promise<void>
}

export const SEGMENT = /^\d{15}-\d{6}\.ndjson$/

export async function openDisk(folder: string): Promise<Disk> {
  await mkdir(folder, { recursive: true })
  return {
    async list() {
      const names = (await readdir(folder)).filter(name => SEGMENT.test(name)).sort()
      return Promise.all(names.map(async name => ({ name, bytes: await sizeOf(join(folder, name)) })))
    },
    async create(name) {
      const handle = await open(join(folder, name), 'ax')
      await syncFolder(folder)
      return {
        async write(bytes) {
          for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten
        },
        sync: () => handle.datasync(),
        close: () => handle.close(),
      }
    },
    read: name => readFile(join(folder, name)),
    async cut(name, bytes) {
      await truncate(join(folder, name), bytes)
      await syncFile(join(folder, name), 'r+')
    },
    remove: name => rm(join(folder, name), { force: true }),
  }
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file, 'r')
  try {
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

const syncFolder = (folder: string): Promise<void> => syncFile(folder, 'r')

async function syncFile(file: string, flags: string): Promise<void> {
  const handle = await open(file, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
