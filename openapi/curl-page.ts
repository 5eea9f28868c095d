import { curlOf, variableOf } from '../src/http/curl.ts'
import { type OpenApi, type Operation, operationsOf } from '../src/http/operations.ts'
import { operationsOfTag } from './of-tag.ts'

const couponId = 'SUMMER20'

/** docs/curl.md: every operation as a command, in an order in which all of them succeed. */
export function curlPage(document: OpenApi): string {
  const operations = operationsOf(document)
  const sections = document.tags.map(({ name }) =>
    [
      `## ${name}`,
      ...(introductions[name] ?? []),
      ...operationsOfTag(operations, name).map(
        (operation) => `### ${operation.summary}\n\n${block(commandOf(operation, operations))}`,
      ),
    ].join('\n\n'),
  )
  return `# curl

Every operation as a command. After \`npm start\` they run as they are, from top to bottom, in the same folder, with \`jq\` installed:

${block(`. data/demo.env\nexport COUPON_ID=${couponId}`)}

To a write that must not happen twice add \`-H 'Idempotency-Key: order-1042'\`, with the id of what causes it:
[How to call it](calling.md).

<!-- The commands are written by \`npm run openapi\`. -->

${sections.join('\n\n')}
`
}

const introductions: Record<string, string[]> = {
  'API Keys': [
    'The demo key cannot manage keys. The operator makes one that can, with `chatdash`: an installation brings this command; in a clone, ' +
      "run `alias chatdash='npm run --silent chatdash --'` first.",
    block(
      'export CHATDASH_API_KEY=$(chatdash key create --agency "Demo agency" --name "key management" \\\n' +
        '  --scope keys:manage --scope coupons:read --scope coupons:write)',
    ),
  ],
}

/** The command; one that makes what others are about keeps its id in the variable that they read. */
function commandOf(operation: Operation, operations: Operation[]): string {
  const { method, path, body } = operation
  if (method !== 'POST') return curlOf(operation)
  const id = operations.map((other) => /^\{(\w+)\}$/.exec(other.path.replace(`${path}/`, ''))?.[1]).find(Boolean)
  if (id === undefined) return curlOf(operation)
  if (id === 'couponId') return curlOf({ ...operation, body: withCouponId(body) })
  return `${variableOf(id)}=$(${curlOf(operation).replace('curl', 'curl -sS')} | jq -r .id)`
}

/** The id that the examples of promotion codes name. */
function withCouponId(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace('{"data":{', `{"data":{"id":"${couponId}",`))
}

function block(commands: string): string {
  return `\`\`\`sh\n${commands}\n\`\`\``
}
