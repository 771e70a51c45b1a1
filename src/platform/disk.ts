// What a node with a `dataDir` loads: LevelDB.
export { openDataDir } from './data-dir.ts'
export { openDatastore } from './datastore.ts'
