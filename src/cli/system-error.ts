import { relative } from 'node:path'
import { type Config, readConfig } from '../config.ts'

const ofPort = (code: string, variable: string): string | undefined =>
  ({
    EADDRINUSE: `another program listens there already. Stop it, or set another ${variable}.`,
    EACCES: `this user may not listen there. Set a ${variable} above 1023, or give the process the right to it.`,
  })[code]
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
  const { code, syscall, path }: NodeJS.ErrnoException = error
  if (code === undefined) return undefined
  const given = configuration()
  if (!given) return undefined
  const { dataDir, ...config } = given
  const { prefix, host, port, isOurs } = listenerOf(error, config)
  const onPort = syscall === 'listen' ? ofPort(code, `${prefix}PORT`) : undefined
  if (onPort !== undefined) return `${prefix}PORT ${port} on ${prefix}HOST ${host}: ${onPort}`
  const onHost = syscall === 'listen' || isOurs ? ofHost[code] : undefined
  if (onHost !== undefined) return `${prefix}HOST ${host} ${onHost}`
  const isInside = path !== undefined && !relative(dataDir, path).startsWith('..')
  const inFolder = isInside ? ofFolder[code] : undefined
  return inFolder === undefined ? undefined : `DATA_DIR ${dataDir}: ${inFolder}`
}

/** Undefined where it has errors of its own, for commands that need none. */
function configuration(): Config | undefined {
  try {
    return readConfig()
  } catch {
    return undefined
  }
}

/** Which of the two listeners the error is about, by the address that it names; `isOurs`: whether that is one of theirs. */
function listenerOf(error: ListenError, { host, port, adminHost, adminPort, adminToken }: Listeners) {
  const name = error.hostname ?? error.address
  const isAdmins = (error.port === adminPort && port !== adminPort) || (name === adminHost && host !== adminHost)
  if (adminToken !== undefined && isAdmins) {
    return { prefix: 'ADMIN_', host: adminHost, port: adminPort, isOurs: name === adminHost }
  }
  return { prefix: '', host, port, isOurs: name === host }
}

type ListenError = Error & { hostname?: string; address?: string; port?: number }
type Listeners = Pick<Config, 'host' | 'port' | 'adminHost' | 'adminPort' | 'adminToken'>
