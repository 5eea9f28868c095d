// JavaScript, because the thread is started by the name of its file, which the build does not change.
import { parentPort } from 'node:worker_threads'
import { createWrites } from './sqlite-writes.ts'

const answer = createWrites()

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.on('message', (work) => parentPort?.postMessage(answer(work)))
