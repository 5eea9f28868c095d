import { faultNames } from './faults.ts'
import { endpoint, type Endpoint } from './protocol/endpoint.ts'

/** Lists everything that the sandbox supports; the only endpoint that needs no API key. */
export function indexOf(endpoints: readonly Endpoint[]): Endpoint {
  const calls = endpoints.map(({ method, path, params }) => ({
    method,
    path: path.replace('*', '{id}'),
    params: Object.keys(params),
  }))
  return endpoint({
    method: 'GET',
    path: '/_sandbox',
    params: {},
    run: ({ defaultVersion }) => ({ object: 'sandbox', api_version: defaultVersion, calls, faults: faultNames }),
  })
}
