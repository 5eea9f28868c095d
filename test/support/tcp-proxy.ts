import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

type Pair = { near: Socket; far: Socket; state: 'open' | 'held' | 'dead'; held: Buffer[] }

/** A TCP proxy in front of a server, whose connections can be cut, held up or made as dead as those to a host that is gone. */
export async function openProxy(target: URL) {
  const pairs: Pair[] = []
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(target.port || 5432), target.hostname)
    const pair: Pair = { near, far, state: 'open', held: [] }
    pairs.push(pair)
    near.on('data', (data) => pair.state !== 'dead' && far.write(data))
    near.on('end', () => pair.state !== 'dead' && far.end())
    far.on('data', (data) => {
      if (pair.state === 'held') pair.held.push(data)
      else if (pair.state === 'open') near.write(data)
    })
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.on('error', () => {})
      // Behind a dead network neither end learns that the other has gone.
      end.on('close', () => pair.state !== 'dead' && other.destroy())
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)

  return {
    url: url.href,

    /** How many connections there have been. */
    count: () => pairs.length,

    cut() {
      for (const { near } of pairs) near.destroy()
    },

    /** Everything that is sent over the connections of now vanishes, and nobody is told. New ones work. */
    kill() {
      for (const pair of pairs) pair.state = 'dead'
    },

    /** What the server answers on the connections of now does not arrive before `release` is called. */
    holdAnswers() {
      for (const pair of pairs) pair.state = 'held'
    },

    release() {
      for (const pair of pairs) {
        pair.state = 'open'
        for (const data of pair.held.splice(0)) pair.near.write(data)
      }
    },

    close() {
      server.close()
      for (const { near, far } of pairs) {
        near.destroy()
        far.destroy()
      }
    },
  }
}
