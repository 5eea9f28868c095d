import { relative } from 'node:path'
import { readConfig } from '../config.ts'

const ofPort: Record<string, string> = {
  EADDRINUSE: 'another program listens there already. Stop it, or set another PORT.',
  EACCES: 'this user may not listen there. Set a PORT above 1023, or give the process the right to it.',
}
const ofHost: Record<string, string> = {
  EADDRNOTAVAIL: 'is no address of this machine.',
  ENOTFOUND: 'is no address and no name that this machine knows.',
  EAI_AGAIN: 'is a name that no server resolves at the moment.',
}
const ofFolder: Record<string, string> = {
  EACCES: 'this user may not write there.',
  EPERM: 'this user may not write there.',
  EROFS: 'the file system is read-only.',
  ENOSPC: 'the disk is full.',
  EDQUOT: 'the disk quota is used up.',
  ENOTDIR: 'a part of the path is a file.',
  EEXIST: 'there is a file of this name.',
}

/**
 * The sentence for an error of the operating system that a variable of the configuration can mend; undefined for any other.
 */
export function explainSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, syscall, hostname, path }: NodeJS.ErrnoException & { hostname?: string } = error
  if (code === undefined) return undefined
  const { host, port, dataDir } = readConfig()
  const onPort = syscall === 'listen' ? ofPort[code] : undefined
  if (onPort !== undefined) return `PORT ${port} on HOST ${host}: ${onPort}`
  const onHost = syscall === 'listen' || hostname === host ? ofHost[code] : undefined
  if (onHost !== undefined) return `HOST ${host} ${onHost}`
  const isInside = path !== undefined && !relative(dataDir, path).startsWith('..')
  const inFolder = isInside ? ofFolder[code] : undefined
  return inFolder === undefined ? undefined : `DATA_DIR ${dataDir}: ${inFolder}`
}
