import { escaped } from './html.ts'
import type { Operation, Parameter } from './operations.ts'

/**
 * The form that sends an operation: its parameters, empty, and the example of its body. No Idempotency-Key is filled in, because
 * one that is used again for something else is refused. The page's script shows it and sends it.
 */
export function tryItForm({ method, path, parameters = [], body }: Operation): string {
  const inputs = parameters.filter(({ name }) => name !== 'Authorization').map(inputOf)
  const text = body === undefined ? '' : JSON.stringify(body, null, 2)
  const rows = text.split('\n').length
  return `<form class="try" data-method="${method}" data-path="${escaped(path)}" hidden><details><summary>Try it</summary>
${inputs.join('\n')}${text && `<label>Body <textarea name="body" rows="${rows}" spellcheck="false">${escaped(text)}</textarea></label>`}
<button>Send</button><output></output></details></form>`
}

function inputOf({ name, in: place, required }: Parameter): string {
  const more = required ? ' required' : ''
  return `<label>${escaped(name)} <input name="${escaped(name)}" data-in="${place}" autocomplete="off" spellcheck="false"${more}></label>`
}
