#!/usr/bin/env node
// JavaScript, because to run TypeScript Node first loads a compiler, of which code that is compiled already has no need.
import { useCompiledCode } from './compile-cache.js'

// The default of src/config.ts, which cannot be loaded yet.
// oxlint-disable-next-line node/no-process-env
if (process.argv[2] === 'serve') useCompiledCode(process.env['DATA_DIR'] || './data')
await import('./main.ts')
