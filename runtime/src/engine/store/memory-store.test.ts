import { describeSampleStoreConformance } from '../../testing/sample-store.conformance.ts'
import { MemoryStore } from './memory-store.ts'

describeSampleStoreConformance('MemoryStore', () => new MemoryStore())
