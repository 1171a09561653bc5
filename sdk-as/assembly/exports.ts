/**
 * The extra entry that `asconfig.json` adds to every workflow: the exports the host needs, and the abort handler that
 * `use abort=slung_abort` names. Nothing here is imported by anybody.
 */
import './abort'
export { allocate, deallocate } from './region'
