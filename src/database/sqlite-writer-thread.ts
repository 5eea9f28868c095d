import { parentPort } from 'node:worker_threads'
import { createWrites, type Work } from './sqlite-writes.ts'

const answer = createWrites()

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.on('message', (work: Work) => parentPort?.postMessage(answer(work)))
