/** Which part of a repository is read: these folders and this file of the root, without what is hidden. */
export const FOLDERS: readonly string[] = ['campaigns', 'exchanges', 'models', 'policies']
export const ROOT_FILE = 'flightplan.yaml'
export const isRead = (name: string): boolean => !name.startsWith('.') && name !== 'node_modules'
