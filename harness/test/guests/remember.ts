// The guest of the same name of the runtime's tests.
export { allocate, call, deallocate } from '../../../runtime/test/guests/remember'
