import { join } from 'node:path'
import { openDirectoryHot } from '../../store/directory-hot.ts'
import { openDirectoryStore } from '../../store/directory-store.ts'
import { temporaryDirectory } from '../release/shipped.ts'
import { hotContract, storeContract } from './contract.ts'

const folder = temporaryDirectory()
storeContract('directory', false, async () => openDirectoryStore(join(folder, 'record')))
hotContract('directory', false, async () => openDirectoryHot(join(folder, 'hot')))
