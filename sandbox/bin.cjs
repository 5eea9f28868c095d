#!/usr/bin/env node
'use strict'
// In old JavaScript, and importing nothing of ours before the check, so that an older Node too can say what is missing.
var version = process.versions.node.split('.').map(Number)

if (version[0] > 22 || (version[0] === 22 && version[1] >= 13)) {
  void import('./dist/cli/sandbox-alone.js')
} else {
  process.stderr.write(`chatdash-sandbox needs Node 22.13 or later, and this is ${process.versions.node}.\n`)
  process.exit(1)
}
