import { endpoint, type Context } from './protocol/endpoint.ts'
import { missing } from './protocol/errors.ts'
import { integer, oneOf, required, string } from './protocol/params.ts'
import { clearState, deleteState, restoreState, saveState, savedStates, type SavedState } from './store/saved-states.ts'

/** Empties the file for all keys and accounts, as if it were new; snapshots remain. */
const reset = endpoint({
  method: 'POST',
  path: '/_sandbox/reset',
  params: {},
  run({ store, settings, faults, log }) {
    clearState(store)
    settings.invalidate()
    faults.forget()
    log.clear()
    return { object: 'sandbox.reset' }
  },
})

function renderState(state: SavedState): object {
  return { object: 'sandbox.snapshot', ...state }
}

function requireState({ store }: Context, name: string): SavedState {
  const state = savedStates(store).find((one) => one.name === name)
  if (state === undefined) throw missing('snapshot', name, 'name', 404)
  return state
}

const save = endpoint({
  method: 'POST',
  path: '/_sandbox/snapshots',
  params: { name: required(string(100)) },
  run(context, { name }) {
    saveState(context.store, name, context.now)
    return renderState(requireState(context, name))
  },
})

const list = endpoint({
  method: 'GET',
  path: '/_sandbox/snapshots',
  params: {},
  run: ({ store }) => ({ object: 'sandbox.snapshots', data: savedStates(store).map(renderState) }),
})

const restore = endpoint({
  method: 'POST',
  path: '/_sandbox/snapshots/*/restore',
  params: {},
  run(context, _params, name) {
    const state = requireState(context, name)
    restoreState(context.store, name)
    context.settings.invalidate()
    context.faults.forget()
    return renderState(state)
  },
})

const remove = endpoint({
  method: 'DELETE',
  path: '/_sandbox/snapshots/*',
  params: {},
  run(context, _params, name) {
    const state = requireState(context, name)
    deleteState(context.store, name)
    return { ...renderState(state), deleted: true }
  },
})

const requests = endpoint({
  method: 'GET',
  path: '/_sandbox/requests',
  params: {
    account: string(),
    limit: integer(1),
    method: oneOf('GET', 'POST', 'DELETE', 'HEAD'),
    path: string(),
    status: integer(),
  },
  run({ log }, { limit, ...filter }) {
    const { entries, hasMore } = log.list(filter, limit ?? 10)
    return { object: 'sandbox.requests', data: entries, has_more: hasMore }
  },
})

const clearRequests = endpoint({
  method: 'DELETE',
  path: '/_sandbox/requests',
  params: {},
  run({ log }) {
    log.clear()
    return { object: 'sandbox.requests', data: [], has_more: false }
  },
})

export const stateEndpoints = [reset, save, list, restore, remove, requests, clearRequests]
