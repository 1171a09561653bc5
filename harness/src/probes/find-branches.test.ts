import { ByteCursor } from '@slung/runtime'
import { expect, test } from 'vitest'
import { findBranches } from './find-branches.ts'

/** Where the branches of a body are, and where control goes on behind them. */
function branchesOf(...bytes: number[]): [number, number][] {
  const body = Uint8Array.from(bytes)
  return findBranches(new ByteCursor(body, 0, body.length), body).map(({ offset, next }) => [offset, next])
}

const [block, end, unreachable, drop, otherwise] = [[0x02, 0x40], 0x0b, 0x00, 0x1a, 0x05]
const one = [0x41, 1]
const branchIf = [0x0d, 0]
const when = [0x04, 0x40]

test('an if, with or without an else, and a branch with a condition go one of two ways', () => {
  expect(branchesOf(...one, ...when, ...one, drop, end, end)).toEqual([[2, 4]])
  expect(branchesOf(...one, ...when, otherwise, ...one, drop, end, end)).toEqual([[2, 4]])
  expect(branchesOf(...block, ...one, ...branchIf, ...one, drop, end, end)).toEqual([[4, 6]])
})

test('a way into a trap does not count', () => {
  expect(branchesOf(...one, ...when, unreachable, end, end)).toEqual([])
  expect(branchesOf(...one, ...when, unreachable, otherwise, end, end)).toEqual([])
  expect(branchesOf(...one, ...when, otherwise, unreachable, end, end)).toEqual([])
  expect(branchesOf(...block, ...one, ...branchIf, unreachable, end, end)).toEqual([])
  // The trap is behind the block, on both ways.
  expect(branchesOf(...block, ...one, ...branchIf, end, unreachable, end)).toEqual([[4, 6]])
})
