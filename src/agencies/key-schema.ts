import { type Static, Type } from 'typebox'
import { guardSecondsMax } from '../idempotency/guard.ts'
import { accountIdPattern } from '../lib/account-id.ts'
import { type Scope, scopes } from '../lib/scopes.ts'
import { closed, exactInteger, integerOrNull, textOrNull, unixTime } from '../schema/fields.ts'

const accountsDescription = 'The only accounts that the key sees; null for all of the agency.'
const networksDescription = 'The only networks that the key works from: addresses or CIDR blocks; null for any.'
const percentDescription =
  'The largest percentage of a coupon. With it alone no amounts are allowed; null where percentages are not limited, or are not ' +
  'allowed because of `max_amounts`.'
const amountsDescription =
  'The largest amount of a coupon by lower-case currency code, in its smallest unit. Other currencies, and percentages without ' +
  '`max_percent`, are not allowed; null for any.'
const monthsDescription = 'The longest duration in months; then no coupon lasts forever. Null for any.'
const foreverDescription = 'Whether coupons must not last forever.'
const changesDescription =
  'The most changes in a day of UTC; null for any. A key that is made or rotated by a limited one shares its count.'
const guardDescription =
  'For so many seconds an equal request without an Idempotency-Key gets the first one’s result; null for no guard. It is no ' +
  'limit: an Idempotency-Key takes precedence over it.'
const expiryDescription = 'When the key stops working, in Unix seconds; null for never.'

const orNull = <T>(schema: object) => Type.Optional(Type.Unsafe<T | null>({ ...schema, nullable: true }))
const countMax = 999_999
const listMax = 100

const visible = '[^\\s\\p{Cc}\\p{Cf}]'

/**
 * A name as people see it in tables: not blank, and nothing invisible in it but, one at a time between visible characters, the joiners
 * that Persian, Indic scripts and emoji are written with.
 */
export const nameRules = {
  minLength: 1,
  maxLength: 100,
  pattern: `^\\p{Z}*${visible}((\\p{Z}*|[\\u200C\\u200D])${visible})*\\p{Z}*$`,
  'x-pattern-message': 'must not be blank, or contain control or invisible characters.',
}
const name = Type.String({ ...nameRules, description: 'What uses the key.', examples: ['n8n'] })
const scopeList = Type.Array(Type.Enum([...scopes], { type: 'string' }), {
  minItems: 1,
  description: 'What the key may do. There is no default.',
  examples: [['coupons:read', 'coupons:write']],
})
export const accountText = {
  type: 'string',
  pattern: accountIdPattern,
  'x-pattern-message': 'must be the id of an account: acct_…',
}

const limits = {
  accounts: orNull<string[]>({
    type: 'array',
    items: accountText,
    minItems: 1,
    maxItems: listMax,
    description: accountsDescription,
    examples: [['acct_1NxW2aB3cD4eF5gH']],
  }),
  networks: orNull<string[]>({
    type: 'array',
    items: { type: 'string' },
    minItems: 1,
    maxItems: listMax,
    description: networksDescription,
    examples: [['192.0.2.0/24']],
  }),
  expires_at: orNull<number>({ ...unixTime({ description: expiryDescription, examples: [4102444800] }) }),
  max_percent: orNull<number>({
    type: 'number',
    minimum: 1,
    maximum: 100,
    description: percentDescription,
    examples: [20],
  }),
  max_amounts: orNull<Record<string, number>>({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, 'x-kind': 'amount' },
    maxProperties: 200,
    description: amountsDescription,
    examples: [{ usd: 5000 }],
  }),
  max_months: orNull<number>({
    type: 'integer',
    minimum: 1,
    maximum: countMax,
    description: monthsDescription,
    examples: [12],
  }),
  no_forever: Type.Optional(Type.Boolean({ description: foreverDescription, examples: [true] })),
  changes_per_day: orNull<number>({
    type: 'integer',
    minimum: 1,
    maximum: countMax,
    description: changesDescription,
    examples: [100],
  }),
  guard_seconds: orNull<number>({
    type: 'integer',
    minimum: 1,
    maximum: guardSecondsMax,
    description: guardDescription,
    examples: [60],
  }),
}

export const newKeySchema = Type.Object(
  { name, scopes: scopeList, ...limits },
  {
    ...closed,
    description:
      'The key to make. A limit that is left out is that of the key which asks. A field that is not listed here is refused.',
  },
)
export type NewKeyData = Static<typeof newKeySchema>

export const keyChangesSchema = Type.Object(
  { name: Type.Optional(name), scopes: Type.Optional(scopeList), ...limits },
  {
    ...closed,
    description:
      'What changes; what is left out stays. Null lifts a limit. A field that is not listed here is refused.',
  },
)
export type KeyChangesData = Static<typeof keyChangesSchema>

export const rotationSchema = Type.Object(
  {
    overlap_seconds: exactInteger({
      minimum: 0,
      maximum: 31_536_000,
      description: 'For how many seconds the old key works on.',
      examples: [86400],
    }),
  },
  { ...closed, description: 'How to rotate. A field that is not listed here is refused.' },
)

const shown = {
  id: Type.String({ description: 'The id of the key.', examples: ['key_5f0c6e1a9d3b2c4e8f7a6b5c'] }),
  object: Type.String({ description: 'Always `api_key`.' }),
  name: Type.String({ description: 'What uses the key.' }),
  hint: Type.String({ description: 'The last four digits of the key.' }),
  created: Type.Integer({ description: 'When the key was made, in Unix seconds.' }),
  last_used_at: { ...integerOrNull, description: 'When the key was last used, to the minute, in Unix seconds.' },
  expires_at: { ...integerOrNull, description: expiryDescription },
  revoked_at: { ...integerOrNull, description: 'When the key was revoked, in Unix seconds.' },
  frozen_by: {
    ...textOrNull,
    description:
      '`agency` where a key of the agency froze this one; `operator` where the operator froze it, the agency or the platform, which no ' +
      'key can end; else null.',
  },
  mode: {
    ...textOrNull,
    description: 'The only mode in which the key works: `sandbox`, `test` or `live`; null for any.',
  },
  scopes: Type.Array(Type.Unsafe<Scope>({ type: 'string' }), { description: 'What the key may do.' }),
  accounts: Type.Unsafe<string[] | null>({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: accountsDescription,
  }),
  networks: Type.Unsafe<string[] | null>({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: networksDescription,
  }),
  max_percent: Type.Unsafe<number | null>({ type: 'number', nullable: true, description: percentDescription }),
  max_amounts: Type.Unsafe<Record<string, number> | null>({
    type: 'object',
    additionalProperties: { type: 'integer' },
    nullable: true,
    description: amountsDescription,
  }),
  max_months: { ...integerOrNull, description: monthsDescription },
  no_forever: Type.Boolean({ description: foreverDescription }),
  changes_per_day: { ...integerOrNull, description: changesDescription },
  guard_seconds: { ...integerOrNull, description: guardDescription },
}

export const keyExample = {
  id: 'key_5f0c6e1a9d3b2c4e8f7a6b5c',
  object: 'api_key',
  name: 'n8n',
  hint: '46ea',
  created: 1700000000,
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
  frozen_by: null,
  mode: 'live',
  scopes: ['coupons:read', 'coupons:write'],
  accounts: null,
  networks: null,
  max_percent: 20,
  max_amounts: null,
  max_months: null,
  no_forever: false,
  changes_per_day: null,
  guard_seconds: null,
}

export const keySchema = Type.Object(shown, {
  $id: 'ApiKey',
  ...closed,
  description: 'An API key and what it may do, without its secret.',
  examples: [keyExample],
})
export type PublicKey = Static<typeof keySchema>

export const newKeyAnswerSchema = Type.Object(
  { ...shown, secret: Type.String({ description: 'The key itself. It is stored nowhere and shown this once.' }) },
  {
    $id: 'NewApiKey',
    ...closed,
    examples: [{ ...keyExample, secret: 'CD.…' }],
  },
)
