import { type OpenApi, type Operation, operationsOf } from '../src/http/operations.ts'
import { operationsOfTag } from './of-tag.ts'

/**
 * The document as a collection (Postman's format 2.1, which Bruno and Insomnia read too). Its variables are the server, the key and each id
 * of a path. No Idempotency-Key is switched on, because one that is used again for something else is refused.
 */
export function postmanCollection(document: OpenApi): object {
  const operations = operationsOf(document)
  const ids = new Set(operations.flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)))
  const variables = { url: 'http://127.0.0.1:3000', apiKey: '', ...Object.fromEntries([...ids].map((id) => [id, ''])) }
  return {
    info: {
      name: document.info.title,
      description: document.info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: {
      type: 'apikey',
      apikey: Object.entries({ key: 'Authorization', value: '{{apiKey}}', in: 'header' }).map(([key, value]) => ({
        key,
        value,
      })),
    },
    variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
    item: document.tags.map(({ name, description }) => ({
      name,
      description,
      item: operationsOfTag(operations, name).map(itemOf),
    })),
  }
}

/** The example of a body, with the coupon of the collection's variable in place of the documented one. */
function textOf(body: unknown): string {
  return JSON.stringify(body, null, 2).replace(/("coupon": )"\w+"/, '$1"{{couponId}}"')
}

function itemOf({ summary, description, method, path, parameters = [], body }: Operation): object {
  const filled = path.replace(/\{(\w+)\}/g, '{{$1}}')
  const optional = (place: string) =>
    parameters
      .filter(({ name, in: where }) => where === place && name !== 'Authorization')
      .map((parameter) => ({ key: parameter.name, value: '', description: parameter.description, disabled: true }))
  return {
    name: summary,
    request: {
      method,
      description,
      header: optional('header'),
      url: { raw: `{{url}}${filled}`, host: ['{{url}}'], path: filled.split('/').slice(1), query: optional('query') },
      ...(body !== undefined && {
        body: { mode: 'raw', raw: textOf(body), options: { raw: { language: 'json' } } },
      }),
    },
  }
}
