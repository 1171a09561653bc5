/** The door `@slung/runtime/store`: the samples of a data directory, for those who only read. */
export { StoredHistory } from './stored-history.ts'
