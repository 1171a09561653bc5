/** The second door, `@slung/runtime/testing`: the simulated world. */
export { SeededRandom } from './seeded-random.ts'
