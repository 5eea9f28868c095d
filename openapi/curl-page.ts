import { curlOf } from '../src/http/curl.ts'
import { type OpenApi, operationsOf } from '../src/http/operations.ts'

/** docs/curl.md: every operation as a command that runs when it is pasted. */
export function curlPage(document: OpenApi): string {
  const operations = operationsOf(document)
  const sections = document.tags.map(({ name }) =>
    [
      `## ${name}`,
      ...operations
        .filter(({ tags }) => tags?.includes(name))
        .map((operation) => `### ${operation.summary}\n\n\`\`\`sh\n${curlOf(operation)}\n\`\`\``),
    ].join('\n\n'),
  )
  return `# curl

Every operation as a command. \`npm start\` leaves the demo's values in a file, so that these run as they are:

\`\`\`sh
. data/demo.env
export COUPON_ID=SUMMER20
\`\`\`

The other ids (\`PROMOTION_CODE_ID\`, \`JOB_ID\`, \`KEY_ID\`) are in the answers to what makes the objects. To a write that must not
happen twice add \`-H 'Idempotency-Key: order-1042'\`, with the id of what causes it: [How to call it](calling.md).

<!-- The commands are written by \`npm run openapi\`. -->

${sections.join('\n\n')}
`
}
