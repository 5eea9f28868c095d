import { runCommand } from './run.ts'
import { sandbox } from './sandbox.ts'
import { catchStopSignals } from './stop-signal.ts'

const name = 'chatdash-sandbox'
const help = sandbox.help.replaceAll('chatdash sandbox', name)
const entry = {
  summary: 'Run a Stripe for coupons, for any Stripe SDK',
  load: async () => ({ ...sandbox, help }),
  prepare: catchStopSignals,
}

// What it stores must be readable by its owner only.
process.umask(0o077)
process.exitCode = await runCommand(name, entry, process.argv.slice(2))
