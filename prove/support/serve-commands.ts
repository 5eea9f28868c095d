type Asked = { id: number; name: string; args: unknown[] }

/** The child's side of `forkModule`: calls what its parent asks for, and ends with it. */
export function serveCommands(commands: Record<string, (...args: never[]) => unknown>): void {
  process.on('message', ({ id, name, args }: Asked) => {
    const command = commands[name] as (...given: unknown[]) => unknown
    Promise.resolve()
      .then(() => command(...args))
      .then(
        (result) => process.send?.({ id, result }),
        (error: unknown) => process.send?.({ id, error: String(error) }),
      )
      .finally(() => name === 'close' && process.disconnect())
  })
  process.on('disconnect', () => process.exit())
}
