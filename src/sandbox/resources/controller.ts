import { hash, oneOf, type Values } from '../protocol/params.ts'

export type AccountType = 'custom' | 'express' | 'none' | 'standard'
export type Controller = {
  fees: { payer: 'account' | 'application' | 'application_custom' | 'application_express' }
  is_controller: true
  losses: { payments: 'application' | 'stripe' }
  requirement_collection: 'application' | 'stripe'
  stripe_dashboard: { type: 'express' | 'full' | 'none' }
  type: 'application'
}

const shape = {
  fees: hash({ payer: oneOf('account', 'application') }),
  losses: hash({ payments: oneOf('application', 'stripe') }),
  requirement_collection: oneOf('application', 'stripe'),
  stripe_dashboard: hash({ type: oneOf('express', 'full', 'none') }),
}
export const controller = hash(shape)

/** Documented: the controller that each account type stands for. */
export function controllerOf(type: AccountType): Controller {
  const isStandard = type === 'standard' || type === 'none'
  return {
    fees: { payer: isStandard ? 'account' : type === 'express' ? 'application_express' : 'application_custom' },
    is_controller: true,
    losses: { payments: isStandard ? 'stripe' : 'application' },
    requirement_collection: type === 'custom' ? 'application' : 'stripe',
    stripe_dashboard: { type: isStandard ? 'full' : type === 'express' ? 'express' : 'none' },
    type: 'application',
  }
}

/** Documented: what the parameter leaves out is as for a standard account. */
export function controllerFrom(given: Values<typeof shape>): Controller {
  const standard = controllerOf('standard')
  return {
    ...standard,
    fees: { payer: given.fees?.payer ?? standard.fees.payer },
    losses: { payments: given.losses?.payments ?? standard.losses.payments },
    requirement_collection: given.requirement_collection ?? standard.requirement_collection,
    stripe_dashboard: { type: given.stripe_dashboard?.type ?? standard.stripe_dashboard.type },
  }
}
