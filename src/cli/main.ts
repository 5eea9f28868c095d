import { runProgram } from './program.ts'

// The files that commands write (hashes of keys, the journal, the sandbox) must be readable by their owner only.
process.umask(0o077)
// Who reads the output may have enough of it, such as `head`; the command still comes to its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
// Where nothing is left to wait for before the command has ended, that is no success.
process.exitCode = 1
process.exitCode = await runProgram(process.argv.slice(2))
