// JavaScript, because the thread is started by the name of its file, which the build does not change.
import { parentPort } from 'node:worker_threads'
import { createWrites } from './sqlite-writes.ts'

/** By then what was committed is in the database's own file too. */
const checkpointEveryMs = 2_000

const answer = createWrites()

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.on('message', (work) => parentPort?.postMessage(answer(work)))
// One that fails, such as for a full disk, is tried again, and loses nothing: the write-ahead log has it all.
setInterval(() => answer({ kind: 'checkpoint' }), checkpointEveryMs).unref()
