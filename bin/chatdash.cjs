#!/usr/bin/env node
'use strict'
// In old JavaScript, and importing nothing of ours before the check, so that an older Node too can say what is missing.
var fs = require('fs')
var path = require('path')

var isSource = fs.existsSync(path.join(__dirname, '../src'))
// Node runs TypeScript from 22.18 on, and has SQLite from 22.13 on.
var minor = isSource ? 18 : 13
var version = process.versions.node.split('.').map(Number)

if (version[0] > 22 || (version[0] === 22 && version[1] >= minor)) {
  void import(isSource ? '../src/cli/chatdash.js' : '../dist/cli/chatdash.js')
} else {
  var remedy = isSource ? ' npm ci without --omit=dev brings one.' : ''
  process.stderr.write(`chatdash needs Node 22.${minor} or later, and this is ${process.versions.node}.${remedy}\n`)
  process.exit(1)
}
