import { runCommand } from './run.ts'

// The files that commands write (hashes of keys, the journal, the sandbox) must be readable by their owner only.
process.umask(0o077)
process.exitCode = await runCommand(process.argv.slice(2))
