/** Files that are there whole or not at all. */
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** By temp file, fsync and rename: a reader sees the old bytes or the new ones, also after a power cut. */
export async function writeDurably(file: string, bytes: string | Uint8Array): Promise<void> {
  await rename(await writeBeside(file, bytes), file)
}

/** Only if there is none: false when another was first. */
export async function createDurably(file: string, bytes: string | Uint8Array): Promise<boolean> {
  const temporary = await writeBeside(file, bytes)
  try {
    await link(temporary, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

let nth = 0
async function writeBeside(file: string, bytes: string | Uint8Array): Promise<string> {
  const temporary = `${file}.${process.pid}.${++nth}.tmp`
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return temporary
}

/** Null: there is no such file. */
export async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

export const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | null)?.code ?? '') // fs errors have one
