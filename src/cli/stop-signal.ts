/** Resolves when the process is asked to stop, by SIGTERM or SIGINT; asked a second time, it stops at once. */
export async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = () => {
      process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1))
      resolve()
    }
    process.once('SIGTERM', stop).once('SIGINT', stop)
  })
}
