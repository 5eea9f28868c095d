// Builds the page into console/dist; `npm ci` runs it. The API works without the page, so an install that leaves the
// build's tools out is no failure.
import { fileURLToPath } from 'node:url'

const tools = await import('vite').catch((error) => {
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
  throw error
})
if (tools) await tools.build({ root: fileURLToPath(new URL('.', import.meta.url)), logLevel: 'warn' })
else
  process.stdout.write(
    'The console is not built, because its tools are development dependencies, which were left out.\n',
  )
