/**
 * What one would write in an afternoon: Express and the stripe SDK on their defaults, the same checks written plainly, one look-up and
 * one insert in SQLite. Arguments: the origin of Stripe, the database's file, how many tenants.
 */
import { createHash, randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { createServer } from 'node:http'
import express, { type NextFunction, type Request, type Response } from 'express'
import Stripe from 'stripe'
import { announce } from './announce.ts'
import { changesProblem, couponProblem } from './express-rules.ts'
import { expressTenants } from './tenants.ts'

const [origin = '', file = '', tenantCount] = process.argv.slice(2)
const { hostname, port } = new URL(origin)
const stripe = new Stripe('sk_test_bench', { host: hostname, port, protocol: 'http' })

const database = new DatabaseSync(file)
database.exec(`
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table keys (hash text not null, account text not null, primary key (hash, account));
  create table changes (id text primary key, account text not null, operation text not null, terms text not null, at integer not null);
`)
const addKey = database.prepare('insert into keys values (?, ?)')
const findKey = database.prepare('select 1 from keys where hash = ? and account = ?')
const addChange = database.prepare('insert into changes values (?, ?, ?, ?, ?)')
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
for (const { key, accountId } of expressTenants(Number(tenantCount))) addKey.run(hashOf(key), accountId)

const app = express()
app.use(express.json())

type Params = { account: string; coupon: string }
const path = '/v1/public/stripe/connect/accounts/:account/coupons'

app.use(path, (request: Request<Params>, response: Response, next: NextFunction) => {
  const key = hashOf(request.get('authorization') ?? '')
  if (findKey.get(key, request.params.account)) return next()
  response.status(401).json({ code: 'unauthenticated' })
})

app.post(path, async (request: Request<Params>, response) => {
  const data = request.body?.data
  const problem = couponProblem(data)
  if (problem !== undefined) {
    response.status(400).json({ code: 'invalid_request', message: problem })
    return
  }
  const { account } = request.params
  const id = randomUUID()
  addChange.run(id, account, 'create', JSON.stringify(data), Date.now())
  const idempotencyKey = request.get('idempotency-key') ?? id
  response.status(201).json(toAnswer(await stripe.coupons.create(data, { stripeAccount: account, idempotencyKey })))
})

app.put(`${path}/:coupon`, async (request: Request<Params>, response) => {
  const data = request.body?.data
  const problem = changesProblem(data)
  if (problem !== undefined) {
    response.status(400).json({ code: 'invalid_request', message: problem })
    return
  }
  const { account, coupon } = request.params
  const id = randomUUID()
  addChange.run(id, account, 'update', JSON.stringify(data), Date.now())
  const idempotencyKey = request.get('idempotency-key') ?? id
  response.json(toAnswer(await stripe.coupons.update(coupon, data, { stripeAccount: account, idempotencyKey })))
})

app.get(`${path}/:coupon`, async (request: Request<Params>, response) => {
  const { account, coupon } = request.params
  response.json(toAnswer(await stripe.coupons.retrieve(coupon, {}, { stripeAccount: account })))
})

function toAnswer(coupon: Stripe.Coupon) {
  const { id, object, amount_off, created, currency, duration, duration_in_months, livemode, max_redemptions } = coupon
  const { metadata, name, percent_off, redeem_by, times_redeemed, valid } = coupon
  const first = { id, object, amount_off, created, currency, duration, duration_in_months, livemode, max_redemptions }
  return { ...first, metadata, name: name ?? id, percent_off, redeem_by, times_redeemed, valid }
}

announce(createServer(app))
