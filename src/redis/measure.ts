import { inTime, newClient } from './connection.ts'

/**
 * Connects once and runs a script that changes nothing.
 * @returns the milliseconds that the script took, there and back
 * @throws Error where Redis cannot be reached or does not answer, or refuses the user or the script
 */
export async function measureRedis(url: string, answerMs = 5_000): Promise<{ ms: number }> {
  const client = newClient(url)
  // The same error also rejects `connect`.
  client.on('error', () => {})
  try {
    await inTime(answerMs, client.connect())
    const asked = performance.now()
    await inTime(answerMs, client.sendCommand(['EVAL', "return redis.call('TIME')", '0']))
    return { ms: Math.round(performance.now() - asked) }
  } finally {
    client.destroy()
  }
}
