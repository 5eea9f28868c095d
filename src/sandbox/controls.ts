import { endpoint, type Context } from './protocol/endpoint.ts'
import { invalid } from './protocol/errors.ts'
import { parseFault } from './faults.ts'
import { integer, oneOf, required, string, type Reader } from './protocol/params.ts'

/** Stripe has nothing under `/_sandbox`. */
function clockOf({ now, settings }: Context): object {
  return { object: 'sandbox.clock', ahead: settings.read().aheadMs / 1000, now }
}

const readClock = endpoint({ method: 'GET', path: '/_sandbox/clock', params: {}, run: (context) => clockOf(context) })

/** Moves the clock forwards only, so that what has expired stays expired. */
const advance = endpoint({
  method: 'POST',
  path: '/_sandbox/clock',
  params: { advance: required(integer(1)) },
  run(context, params) {
    const state = context.settings.read()
    if (params.advance > 100 * 365 * 86_400) throw invalid('The clock advances by a hundred years at most.', 'advance')
    context.settings.write({ ...state, aheadMs: state.aheadMs + params.advance * 1000 })
    return clockOf({ ...context, now: context.now + params.advance })
  },
})

const rate: Reader<number> = {
  read(value, name) {
    const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
    if (!(number > 0 && number <= 1)) throw invalid('A rate is a number above 0 and up to 1.', name)
    return number
  },
}

function faultsOf({ settings }: Context): object {
  return { object: 'sandbox.faults', data: settings.read().faults }
}

const readFaults = endpoint({
  method: 'GET',
  path: '/_sandbox/faults',
  params: {},
  run: (context) => faultsOf(context),
})

const addFault = endpoint({
  method: 'POST',
  path: '/_sandbox/faults',
  params: {
    fault: required(string()),
    method: oneOf('GET', 'POST', 'DELETE'),
    path: string(),
    rate,
    times: integer(1),
  },
  run(context, params) {
    parseFault(params.fault)
    const rule = {
      fault: params.fault,
      rate: params.rate ?? 1,
      due: 0,
      times: params.times ?? null,
      method: params.method ?? null,
      path: params.path ?? null,
    }
    const state = context.settings.read()
    if (state.faults.length >= 100) throw invalid('A hundred fault rules are on already.', 'fault')
    context.settings.write({ ...state, faults: [...state.faults, rule] })
    return faultsOf(context)
  },
})

const clearFaults = endpoint({
  method: 'DELETE',
  path: '/_sandbox/faults',
  params: {},
  run(context) {
    context.settings.write({ ...context.settings.read(), faults: [] })
    return faultsOf(context)
  },
})

export const controlEndpoints = [readClock, advance, readFaults, addFault, clearFaults]
