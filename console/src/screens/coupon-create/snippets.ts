import type { Terms } from './form.ts'

/** The Idempotency-Key of the examples: what causes the coupon, never something new on every run. */
const exampleKey = 'order-1042'

/** Where the coupon is made: the server's address, and the account. */
type Place = { origin: string; accountId: string; terms: Terms }

export const snippets = { curl, TypeScript: typeScript, n8n }

function curl({ origin, accountId, terms }: Place): string {
  return [
    `curl ${quoted(urlOf(origin, accountId))}`,
    '-H "Authorization: $CHATDASH_API_KEY"',
    `-H ${quoted(`Idempotency-Key: ${exampleKey}`)}`,
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify({ data: terms }))}`,
  ].join(' \\\n  ')
}

function typeScript({ origin, accountId, terms }: Place): string {
  return `// Not in the npm registry: install the file that "npm pack --workspace client" makes in a clone of chatdash-server.
import { createChatdash } from 'chatdash-client'

const chatdash = createChatdash({
  url: ${JSON.stringify(origin)},
  apiKey: process.env.CHATDASH_API_KEY ?? '',
})

const { data, error } = await chatdash.POST('/stripe/connect/accounts/{accountId}/coupons', {
  params: {
    path: { accountId: ${JSON.stringify(accountId)} },
    header: { 'idempotency-key': ${JSON.stringify(exampleKey)} },
  },
  body: ${JSON.stringify({ data: terms }, undefined, 2).replaceAll('\n', '\n  ')},
})
`
}

/** What n8n takes when it is pasted into a workflow. The key is in a credential of the type Header Auth. */
function n8n({ origin, accountId, terms }: Place): string {
  const node = {
    name: 'Create coupon',
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    position: [0, 0],
    retryOnFail: true,
    maxTries: 5,
    waitBetweenTries: 5_000,
    parameters: {
      method: 'POST',
      url: urlOf(origin, accountId),
      authentication: 'genericCredentialType',
      genericAuthType: 'httpHeaderAuth',
      sendHeaders: true,
      headerParameters: { parameters: [{ name: 'Idempotency-Key', value: exampleKey }] },
      sendBody: true,
      specifyBody: 'json',
      jsonBody: JSON.stringify({ data: terms }),
      options: {},
    },
  }
  return JSON.stringify({ nodes: [node], connections: {} }, undefined, 2)
}

/** The account is what the page's URL says, so it is text that anybody may have written. */
function urlOf(origin: string, accountId: string): string {
  return `${origin}/v1/public/stripe/connect/accounts/${encodeURIComponent(accountId)}/coupons`
}

/** Text for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
