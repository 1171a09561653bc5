/**
 * The extra entry that `asconfig.json` adds to every workflow: the exports the host needs, and the abort handler that
 * `use abort=slung_abort` names. No other file imports this one.
 */
import './abort'
export { allocate, deallocate } from './region'
