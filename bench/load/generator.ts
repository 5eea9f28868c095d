/**
 * The load generator, in a process of its own. It writes prepared requests to raw sockets, so that it takes a fraction of what any server
 * under test takes. Without `perSecond` each connection sends its next request on each answer; with it, requests fall due at
 * that rate, whatever the server does, and one that finds every connection busy waits with its clock running.
 */
import { connect, type Socket } from 'node:net'
import { onMessage } from './wire.ts'

/** When the load ends. */
export type Until = { seconds: number } | { requests: number }

export type Job = {
  /** The origins over which the connections are spread. */
  urls: string[]
  /** Whole requests, sent in turn; `<n>` in one becomes a text that is never repeated. */
  requests: string[]
  connections: number
  until: Until
  perSecond?: number | undefined
}

export type Result = {
  /** All requests that were answered, and how many of them a second. */
  answered: number
  perSecond: number
  /** In milliseconds. */
  p50: number
  p99: number
  /** The part of one core that the generator used. */
  generatorShare: number
}

const dueEveryMs = 1

async function run({ urls, requests, connections, until, perSecond }: Job): Promise<Result> {
  const sockets = await Promise.all(Array.from({ length: connections }, (_, index) => open(urls[index % urls.length])))
  const { promise: finished, resolve: finish, reject } = Promise.withResolvers<void>()
  const nextText = createTexts(requests)
  const latencies: number[] = []
  const idle: ((since: number) => void)[] = []
  const waiting: number[] = []
  const requestsMax = 'requests' in until ? until.requests : Infinity
  let sent = 0
  let busy = 0
  let isOver = false

  for (const socket of sockets) {
    let startedAt = 0
    const send = (since: number) => {
      startedAt = since
      busy += 1
      sent += 1
      isOver ||= sent === requestsMax
      socket.write(nextText(), 'latin1')
    }
    onMessage(socket, (head, body) => {
      const now = performance.now()
      latencies.push(now - startedAt)
      busy -= 1
      if (head[9] !== '2') reject(new Error(`A request was refused: ${head.split('\r\n', 1)[0]} ${body.toString()}`))
      const since = perSecond === undefined ? now : waiting.shift()
      if (!isOver && since !== undefined) send(since)
      else if (isOver && busy === 0) finish()
      else idle.push(send)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('The server closed a connection.')))
    idle.push(send)
  }

  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  let due = 0
  const sendDue = () => {
    if (isOver) return
    const now = performance.now()
    for (const target = ((now - startedAt) / 1_000) * (perSecond ?? 0); due < target; due += 1) waiting.push(now)
    for (const send of idle.splice(0, waiting.length)) send(waiting.shift() ?? now)
  }
  const timer = perSecond === undefined ? undefined : setInterval(sendDue, dueEveryMs)
  if (perSecond === undefined) for (const send of idle.splice(0, requestsMax)) send(performance.now())
  if ('seconds' in until) {
    setTimeout(() => {
      isOver = true
      if (busy === 0) finish()
    }, until.seconds * 1_000)
  }
  await finished
  clearInterval(timer)
  const tookMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  for (const socket of sockets) socket.removeAllListeners('close').destroy()

  latencies.sort((a, b) => a - b)
  const quantile = (part: number) => latencies[Math.floor(latencies.length * part)] ?? 0
  return {
    answered: latencies.length,
    perSecond: latencies.length / (tookMs / 1_000),
    p50: quantile(0.5),
    p99: quantile(0.99),
    generatorShare: (user + system) / 1_000 / tookMs,
  }
}

async function open(url = ''): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

function createTexts(requests: string[]): () => string {
  const unique = `${process.pid}-${Date.now()}`
  let sent = 0
  return () => {
    const text = requests[sent % requests.length] ?? ''
    sent += 1
    return text.includes('<n>') ? text.replace('<n>', `${unique}-${sent}`) : text
  }
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
