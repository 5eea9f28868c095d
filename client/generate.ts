import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript'

const target = new URL('schema.ts', import.meta.url)
const document: OpenAPI3 = JSON.parse(readFileSync(new URL('../openapi/v1.json', import.meta.url), 'utf8'))

// The client has the key from its options, so that no call takes it as a parameter.
for (const operation of Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods))) {
  operation.parameters = operation.parameters?.filter(({ name }: { name: string }) => name !== 'Authorization')
}
const text = COMMENT_HEADER + astToString(await openapiTS(document, { defaultNonNullable: false }))

if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text)
  throw new Error('client/schema.ts is not what the document says: npm run openapi')
