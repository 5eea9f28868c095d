/** How long the database may take, in milliseconds; 0 leaves one of PostgreSQL's own as the server has it. */
export type Timeouts = {
  /** How long a statement waits for a lock. SQLite knows this one only. */
  lockMs: number
  /** How long PostgreSQL lets a statement run. */
  statementMs: number
  /** How long PostgreSQL lets a transaction do nothing. */
  idleInTransactionMs: number
  /** How long we wait for PostgreSQL's answer, 0 for ever: longer than `statementMs`, so that it is the network or the server that is dead. */
  answerMs: number
}

export const sqliteLockMs = 5_000

/** `answerMs` and the time to connect are below five seconds, within which a failover must be over. */
export const postgresTimeouts: Timeouts = {
  lockMs: 2_000,
  statementMs: 3_000,
  idleInTransactionMs: 10_000,
  answerMs: 4_000,
}
