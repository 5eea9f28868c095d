import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's: the shell is the same engine without a window, and opens a page for half of the CPU. */
const shell = '/usr/bin/chromium-headless-shell'
const browserPath = process.env['CHROMIUM_PATH'] ?? (existsSync(shell) ? shell : '/usr/bin/chromium')

/** Why no browser can be started here, for a test's title; empty where one can. */
export const browserSkipReason = existsSync(browserPath) ? '' : ` (skipped: no browser at ${browserPath})`

/** Starts Chromium, of `CHROMIUM_PATH` or Debian's. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
}
