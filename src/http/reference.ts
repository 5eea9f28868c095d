import { curlOf } from './curl.ts'
import { exampleBodies, resolved } from './examples.ts'
import { guideHtml, htmlOf } from './guides.ts'
import { escaped, pageOf } from './html.ts'
import { type OpenApi, type Operation, operationsOf, type Parameter, type Schema } from './operations.ts'
import { tryItForm } from './try-it-form.ts'

/** The API reference as one page without a renderer: how to call the API, then each operation of the document. */
export async function referencePage(document: OpenApi, { hasDemo }: { hasDemo: boolean }): Promise<string> {
  const operations = operationsOf(document)
  const { info, tags } = document
  const groups = tags.map((tag) => ({ ...tag, operations: operations.filter((one) => one.tags?.includes(tag.name)) }))
  const menu = groups
    .map(({ name, operations: members }) => `<h2>${name}</h2><ul>${members.map(menuItem).join('')}</ul>`)
    .join('')
  const sections = groups.map(
    async ({ name, description, operations: members }) =>
      `<h2 class="tag">${name}</h2>${await htmlOf(description)}` +
      (await Promise.all(members.map((operation) => sectionOf(operation, document)))).join(''),
  )
  return pageOf(
    info.title,
    `<nav><details><summary>${escaped(info.title)}</summary>
<ul><li><a href="#top">How to call it</a><li><a href="/docs/n8n">n8n</a><li><a href="/docs/make">Make</a><li><a href="/docs/zapier">Zapier</a><li><a href="/docs/curl">curl</a><li><a href="/docs/errors">Errors</a><li><a href="/openapi.json">OpenAPI document</a><li><a href="/docs/postman.json">Collection for Postman and Bruno</a></ul>${menu}</details></nav>
<main id="top"><p class="version">${escaped(info.title)} ${info.version}</p>
${await guideHtml('calling')}
<form id="credentials" hidden><h2>Try it</h2><p>Each operation below has a form that sends it to this server. The key stays in this page and is forgotten with it.</p>
<label>API key <input name="key" autocomplete="off" spellcheck="false" placeholder="CD.…"></label>
<label>accountId <input name="account" autocomplete="off" spellcheck="false" placeholder="acct_…"></label><p id="demo" hidden>These are the demo agency’s, on the sandbox: nothing here is real.</p></form>
${(await Promise.all(sections)).join('')}</main>
<script type="module" src="/docs/page.js"></script>`,
    hasDemo ? ' data-demo' : '',
  )
}

function idOf({ summary }: Operation): string {
  return summary.toLowerCase().replaceAll(' ', '-')
}

function verb({ method }: Operation): string {
  return `<b class="verb ${method.toLowerCase()}">${method}</b>`
}

function menuItem(operation: Operation): string {
  return `<li><a href="#${idOf(operation)}">${escaped(operation.summary)} ${verb(operation)}</a>`
}

async function sectionOf(operation: Operation, document: OpenApi): Promise<string> {
  const { summary, description = '', path, parameters = [], bodySchema, responses } = operation
  const inputs = parameters.filter(({ name }) => name !== 'Authorization')
  const answers = Object.entries(responses).map(([status, answer], index) => {
    const bodies = exampleBodies(status, answer, operation, document)
    const schema = status < '300' ? answer.content?.['application/json']?.schema : undefined
    const fields = schema ? fieldsOf(schema, document) : []
    return (
      `<details class="answer"${index === 0 ? ' open' : ''}><summary><b>${status}</b> ${inline(answer.description)}</summary>` +
      bodies.map((body) => `<pre>${escaped(body)}</pre>`).join('') +
      `${listOf(fields)}</details>`
    )
  })
  return `<section id="${idOf(operation)}"><h3><a href="#${idOf(operation)}">${escaped(summary)}</a></h3>
<p class="path">${verb(operation)} <code>${escaped(path).replaceAll('/', '<wbr>/')}</code></p>
${await htmlOf(description)}
<div class="columns"><div>${titled('Parameters', listOf(inputs.map(parameterField)))}${titled('Body', listOf(bodySchema ? fieldsOf(bodySchema, document) : []))}</div>
<div><h4>Request</h4><pre>${escaped(curlOf(operation))}</pre>
${tryItForm(operation)}
<h4>Answers</h4>${answers.join('')}</div></div></section>
`
}

type Field = { name: string; type: string; text: string }

function parameterField({ name, in: place, required, description = '', schema }: Parameter): Field {
  return { name, type: `${place}, ${typeOf(schema, required === true)}`, text: description }
}

/** The fields of an object and of the objects in it, by their path: `data.percent_off`. */
function fieldsOf(schema: Schema, document: OpenApi, parent = ''): Field[] {
  const { properties = {}, required = [] } = resolved(schema, document)
  return Object.entries(properties).flatMap(([key, part]) => {
    const name = parent + key
    const whole = resolved(part, document)
    const { items, additionalProperties: values } = whole
    const field = {
      name,
      type: typeOf(whole, required.includes(key)),
      text: part.description ?? whole.description ?? '',
    }
    return [
      field,
      ...fieldsOf(whole, document, `${name}.`),
      ...(items ? fieldsOf(items, document, `${name}[].`) : []),
      ...(typeof values === 'object' ? fieldsOf(values, document, `${name}.*.`) : []),
    ]
  })
}

function typeOf(
  { type = '', nullable, enum: values, minimum, maximum, maxLength }: Schema,
  isRequired: boolean,
): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  return [
    `${type}${nullable ? ' or null' : ''}`,
    ...(values ? [values.join(' | ')] : []),
    ...(isBounded ? [`${minimum ?? ''}–${maximum}`] : minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(isRequired ? ['required'] : []),
  ].join(', ')
}

function listOf(fields: Field[]): string {
  const items = fields.map(
    ({ name, type, text }) => `<dt><code>${escaped(name)}</code> <small>${escaped(type)}</small><dd>${inline(text)}`,
  )
  return items.length > 0 ? `<dl>${items.join('')}</dl>` : ''
}

function titled(title: string, content: string): string {
  return content && `<h4>${title}</h4>${content}`
}

/** Text whose only markup is code. */
function inline(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}
