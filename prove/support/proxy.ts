import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of a server that can fail as a machine does that dies, and come back as another that took its place. */
export async function openProxy(target: URL, portDefault: number) {
  let state: 'open' | 'silent' | 'refusing' = 'open'
  const pairs: { near: Socket; far: Socket }[] = []
  const ignore = () => {}

  const server = createServer((near) => {
    near.on('error', ignore)
    if (state === 'refusing') near.destroy()
    if (state !== 'open') return
    const far = connect(Number(target.port || portDefault), target.hostname).on('error', ignore)
    pairs.push({ near, far })
    near.once('close', () => far.destroy())
    far.once('close', () => state === 'silent' || near.destroy())
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  // The address of a server that listens on a port is never a pipe's name.
  url.port = String((server.address() as AddressInfo).port)

  return {
    url: url.href,

    /** The target is gone, and nobody is told: connections stay open, and nothing is ever answered on them. */
    fallSilent() {
      state = 'silent'
      for (const { near, far } of pairs.splice(0)) {
        near.unpipe(far).pause()
        far.unpipe(near).destroy()
      }
    },

    /** The target is gone: connections break, and new ones are broken. */
    refuse() {
      state = 'refusing'
      for (const { near } of pairs.splice(0)) near.destroy()
    },

    /** New connections work; old ones stay as they are. */
    heal() {
      state = 'open'
    },

    close() {
      server.close()
      for (const { near, far } of pairs) for (const end of [near, far]) end.destroy()
    },
  }
}
