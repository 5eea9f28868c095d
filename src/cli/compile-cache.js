import { lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

/** @param {string} dataDir */
const folderIn = (dataDir) => join(dataDir, 'compile-cache')

/**
 * Lets Node cache compiled code in DATA_DIR, which makes the next start faster.
 * @param {string} dataDir
 */
export function keepCompiledCode(dataDir) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    mkdirSync(folderIn(dataDir), { mode: 0o700 })
  } catch (error) {
    if (!isExisting(error)) return
  }
  useCompiledCode(dataDir)
}

/**
 * Lets Node use the code that an earlier start has cached in DATA_DIR, if any. Node runs what it finds there, so the folder
 * is used only where nobody but this user can write to it.
 * @param {string} dataDir
 */
export function useCompiledCode(dataDir) {
  if (isPrivate(folderIn(dataDir))) enableCompileCache(folderIn(dataDir))
}

/** @param {string} folder */
function isPrivate(folder) {
  try {
    const found = lstatSync(folder)
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
  } catch {
    // It is not there, or in a folder that is closed to this user, which the command itself will say.
    return false
  }
}

/** @param {unknown} error */
function isExisting(error) {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
