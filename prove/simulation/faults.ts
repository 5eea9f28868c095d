import type { Random } from './random.ts'

/** How often each thing goes wrong in one history: probabilities of one call, or the most that may happen. */
export type FaultPlan = {
  wire: number
  commit: number
  read: number
  /** Of a server process, at each event. */
  crash: number
  crashesMax: number
  pause: number
  pausesMax: number
  /** Steps of a process's wall clock. */
  clockStep: number
}

export const noFaults: FaultPlan = {
  wire: 0,
  commit: 0,
  read: 0,
  crash: 0,
  crashesMax: 0,
  pause: 0,
  pausesMax: 0,
  clockStep: 0,
}

/** Some histories are calm but for one kind of fault, so that each is also seen alone. */
export function drawFaultPlan(random: Random): FaultPlan {
  const level = () => random.pick([0, 0, 0.3, 1])
  return {
    // Up to where nearly nothing comes through, and all the attempts of a call fail.
    wire: random.pick([0, 0, 0.1, 0.4, 0.85]),
    commit: 0.08 * level(),
    read: 0.04 * level(),
    crash: 0.004 * level(),
    crashesMax: random.integer(1, 3),
    pause: 0.003 * level(),
    pausesMax: 2,
    clockStep: random.pick([0, 0, 0, 0.002]),
  }
}

export const wireFaults = [
  'refused',
  'reset before',
  'reset before',
  'lost after',
  'lost after',
  'late',
  'late and lost',
  'duplicate',
  '500',
  '502 before',
  '502 after',
  '503',
  '429',
  '409',
] as const

export type WireFault = (typeof wireFaults)[number]
