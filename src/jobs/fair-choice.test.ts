import { expect, test } from 'vitest'
import { createFairChoice, type Task } from './fair-choice.ts'

const task = (lease: string): Task => ({ lease, group: lease.split('/')[0] ?? '' })

/** Which tasks are served, one after the other, where all of them wait all the time. */
function order(names: string[], count: number, fair = createFairChoice()): string[] {
  const tasks = names.map(task)
  return Array.from({ length: count }, () => {
    const chosen = fair.choose(tasks)
    if (chosen) fair.served(chosen)
    return chosen?.lease ?? ''
  })
}

test('groups take turns, and then the tasks of each', () => {
  expect(order(['a/1', 'a/2', 'a/3', 'b/1', 'c/1'], 8)).toEqual([
    'a/1',
    'b/1',
    'c/1',
    'a/2',
    'b/1',
    'c/1',
    'a/3',
    'b/1',
  ])
})

test('a group that is new comes next', () => {
  const fair = createFairChoice()
  order(['a/1', 'b/1'], 5, fair)
  expect(order(['a/1', 'b/1', 'new/1'], 1, fair)).toEqual(['new/1'])
})

test('among equals the first one given wins, and of nothing nothing is chosen', () => {
  expect(order(['b/1', 'a/1'], 1)).toEqual(['b/1'])
  expect(createFairChoice().choose([])).toBe(undefined)
})

test('turns are remembered for the tasks that are kept, and forgotten for others', () => {
  const fair = createFairChoice()
  fair.served(task('a/1'))
  fair.served(task('b/1'))
  fair.keepOnly([task('a/1'), task('b/1')])
  expect(order(['b/1', 'a/1'], 1, fair)).toEqual(['a/1'])
  fair.keepOnly([task('b/1')])
  expect(fair.choose([task('b/1'), task('a/1')])?.lease).toBe('a/1')
})
