import type { FastifyRequest } from 'fastify'
import { callerOf } from '../agencies/authorize.ts'
import { appendSingleEvent, type Operator } from '../agencies/single-events.ts'
import type { Database } from '../database/database.ts'
import { isAccountId } from '../lib/account-id.ts'
import type { Position } from '../lib/cursor.ts'
import type { Mode } from '../lib/mode.ts'
import { Refusal, refuseUnavailable } from '../lib/refusal.ts'

declare const proof: unique symbol

/**
 * A Stripe account that was checked to be this agency's. Every call to Stripe takes one and only this module makes them, so
 * that forgetting the check does not compile.
 */
export type ConnectedAccount = {
  readonly id: string
  readonly agencyId: string
  readonly [proof]: true
  /** Checks again, before a write that had to wait is sent, that its author may still make it. @throws Refusal where it may not */
  readonly recheck?: () => Promise<void>
}

export type AccountRow = { id: string; agencyId: string; connectedAt: number }

export type Accounts = ReturnType<typeof createAccounts>

/** The accounts of one mode; those of another are never found. */
export function createAccounts(database: Database, mode: Mode) {
  const ownAccounts = (agencyId: string, among: string[] | undefined) => {
    const own = database.selectFrom('accounts').where('mode', '=', mode).where('agency_id', '=', agencyId)
    return among ? own.where('id', 'in', among) : own
  }

  // To build the query anew for each request costs more than to run it.
  const ownAccount = ownAccounts('', undefined).select('id').where('id', '=', '').compile()
  const isOwn = async (agencyId: string, accountId: string): Promise<boolean> => {
    const { rows } = await database.executeQuery({ ...ownAccount, parameters: [mode, agencyId, accountId] })
    return rows.length > 0
  }

  const accounts = {
    /** The account of the request's path, if it is the caller's. */
    async accountOf(request: FastifyRequest<{ Params: { accountId: string } }>): Promise<ConnectedAccount> {
      const { agencyId, bounds } = callerOf(request)
      return await accounts.requireAccount(agencyId, request.params.accountId, bounds.accounts)
    },

    /**
     * The proof that this account is this agency's and, where the key is limited, `among` the key's.
     * @throws Refusal `account_not_found`, the same for another agency's account and for one that does not exist
     */
    async requireAccount(agencyId: string, accountId: string, among?: string[]): Promise<ConnectedAccount> {
      const mayBeOwn = isAccountId(accountId) && (among?.includes(accountId) ?? true)
      if (!mayBeOwn || !(await isOwn(agencyId, accountId).catch(refuseUnavailable))) {
        throw new Refusal('account_not_found', 'Your agency has no connected account with this id.', {
          param: 'accountId',
        })
      }
      return proofOf(accountId, agencyId)
    },

    /**
     * The agency's own accounts after a position and, where the key is limited, `among` the key's: oldest connection first, each
     * with its proof.
     */
    async listOwn(
      agencyId: string,
      limit: number,
      after: Position | undefined,
      among?: string[],
    ): Promise<{ account: ConnectedAccount; connectedAt: number }[]> {
      let query = ownAccounts(agencyId, among)
        .select(['id', 'connected_at'])
        .orderBy('connected_at')
        .orderBy('id')
        .limit(limit)
      if (after) {
        query = query.where((is) =>
          is.or([is('connected_at', '>', after.at), is('connected_at', '=', after.at).and('id', '>', after.id)]),
        )
      }
      const rows = await query.execute().catch(refuseUnavailable)
      return rows.map((row) => ({ account: proofOf(row.id, agencyId), connectedAt: row.connected_at }))
    },

    /**
     * Gives the account to the agency; false where an agency, this or another, has it already. `ask` gets the account before
     * anything is written; where it rejects, nothing is. Of an operator it is an event.
     */
    async connect(
      agencyId: string,
      accountId: string,
      ask?: (account: ConnectedAccount) => Promise<unknown>,
      operator?: Operator,
    ): Promise<boolean> {
      await ask?.(proofOf(accountId, agencyId))
      return await database.transaction().execute(async (on) => {
        const { numInsertedOrUpdatedRows } = await on
          .insertInto('accounts')
          .values({ mode, id: accountId, agency_id: agencyId, connected_at: Date.now() })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows !== 1n) return false
        const subject = { agencyId, accountId, keyId: null }
        if (operator) await appendSingleEvent(on, mode, operator, 'account.connected', subject)
        return true
      })
    },

    /** Whichever agency has it. */
    async findAccount(accountId: string): Promise<AccountRow | undefined> {
      return await database
        .selectFrom('accounts')
        .select(['id', 'agency_id as agencyId', 'connected_at as connectedAt'])
        .where('mode', '=', mode)
        .where('id', '=', accountId)
        .executeTakeFirst()
    },

    /**
     * Takes the account from whichever agency has it, or from the one that is named; false where it has none. Its coupons stay in
     * Stripe. Of an operator it is an event.
     */
    async disconnect(accountId: string, operator?: Operator, fromAgencyId?: string): Promise<boolean> {
      return await database.transaction().execute(async (on) => {
        const deletion = on.deleteFrom('accounts').where('mode', '=', mode).where('id', '=', accountId)
        const own = fromAgencyId === undefined ? deletion : deletion.where('agency_id', '=', fromAgencyId)
        const account = await own.returning('agency_id').executeTakeFirst()
        if (!account) return false
        const subject = { agencyId: account.agency_id, accountId, keyId: null }
        if (operator) await appendSingleEvent(on, mode, operator, 'account.disconnected', subject)
        return true
      })
    },

    /** Oldest connection first; of all agencies where none is named. */
    async listAccounts(agencyId?: string): Promise<AccountRow[]> {
      let query = database
        .selectFrom('accounts')
        .select(['id', 'agency_id as agencyId', 'connected_at as connectedAt'])
        .where('mode', '=', mode)
        .orderBy('connected_at')
        .orderBy('id')
      if (agencyId !== undefined) query = query.where('agency_id', '=', agencyId)
      return await query.execute()
    },
  }
  return accounts
}

function proofOf(id: string, agencyId: string): ConnectedAccount {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place that may make the proof
  return { id, agencyId } as ConnectedAccount
}
