import type { Socket } from 'node:net'

/**
 * Calls back for each HTTP/1.1 message that arrives, request or answer, with its head and its body. It knows only what the benchmark's
 * own parties send, a Content-Length or no body, so that it costs next to nothing beside a full parser.
 * @throws Error where a body has no announced length
 */
export function onMessage(socket: Socket, handle: (head: string, body: Buffer) => void): void {
  let rest: Buffer | undefined
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    rest = undefined
    while (bytes.length > 0) {
      const headEnd = bytes.indexOf('\r\n\r\n')
      const head = bytes.toString('latin1', 0, Math.max(headEnd, 0))
      const end = headEnd + 4 + bodyLength(head)
      if (headEnd < 0 || bytes.length < end) {
        rest = bytes
        return
      }
      const body = bytes.subarray(headEnd + 4, end)
      bytes = bytes.subarray(end)
      handle(head, body)
    }
  })
}

function bodyLength(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined && /\r\ntransfer-encoding:/i.test(head))
    throw new Error('The message has no Content-Length.')
  return Number(length ?? 0)
}

/** One whole request, to be sent as it is. */
export function requestText(method: string, path: string, headers: Record<string, string>, body = ''): string {
  const all = { host: '127.0.0.1', ...headers, ...(body !== '' && { 'content-length': Buffer.byteLength(body) }) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n')
}
