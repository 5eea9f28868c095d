import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { migrate, pendingMigrations } from '../../src/database/migrate.ts'
import { newDatabase } from '../support/server.ts'

const url = process.env['TEST_DATABASE_URL']

const needed = '(skipped where TEST_DATABASE_URL names none)'

describe.skipIf(url === undefined)(`processes that start together on a new PostgreSQL ${needed}`, () => {
  test('take turns, and each migration runs once', async () => {
    const { location, drop } = await newDatabase('postgres', '')
    const databases = Array.from({ length: 5 }, () => openDatabase(location))
    await Promise.all(databases.map(migrate))
    for (const database of databases) {
      expect(await pendingMigrations(database)).toEqual([])
      await database.destroy()
    }
    await drop()
  })
})

describe.skipIf(url === undefined)(`a PostgreSQL connection that is cut ${needed}`, () => {
  test('is an error to whoever uses it, told to the log, and no end of the process', async () => {
    const target = new URL(url ?? '')
    const { hostname } = target
    const port = Number(target.port || 5432)
    const sockets: Socket[] = []
    const proxy = createServer((socket) => {
      const onward = connect(port, hostname)
      for (const end of [socket, onward]) end.on('error', () => {})
      socket.pipe(onward).pipe(socket)
      sockets.push(socket)
    })
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve)
    })
    target.hostname = '127.0.0.1'
    target.port = String((proxy.address() as AddressInfo).port)

    const told: Error[] = []
    const database = openDatabase(target.href, (error) => told.push(error))
    const running = sql`select pg_sleep(5)`.execute(database)
    await expect.poll(() => sockets.length).toBe(1)
    await expect.poll(() => sockets[0]?.bytesWritten).toBeGreaterThan(300)
    for (const socket of sockets) socket.destroy()
    await expect(running).rejects.toThrow()
    expect(told.length).toBeGreaterThan(0)
    // The pool replaces what broke.
    expect((await sql<{ one: number }>`select 1 as one`.execute(database)).rows).toEqual([{ one: 1 }])
    await database.destroy()
    proxy.close()
  })
})
