/* The forms of the reference: each sends its operation to this server, with the key that is typed at the top. */
const credentials = document.querySelector('#credentials')
const forms = [...document.querySelectorAll('form.try')]
/** Which parameter an object's id is for, by the object's type. */
const parameters = {
  coupon: 'couponId',
  promotion_code: 'promotionCodeId',
  bulk_promotion_codes: 'jobId',
  api_key: 'keyId',
}

for (const form of [credentials, ...forms]) form.hidden = false
document.querySelector('nav details').open = matchMedia('(min-width: 60rem)').matches

credentials.addEventListener('submit', (event) => event.preventDefault())
credentials.elements.account.addEventListener('input', (event) => fill('accountId', event.target.value))
for (const form of forms) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit(form)
  })
}

if ('demo' in document.body.dataset) {
  const answer = await fetch('/docs/demo.json')
  if (answer.ok) {
    const { api_key: key, account_id: account } = await answer.json()
    credentials.elements.key.value = key
    credentials.elements.account.value = account
    document.querySelector('#demo').hidden = false
    fill('accountId', account)
  }
}

/** Sends what the form says and shows what comes of it. */
async function submit(form) {
  const button = form.querySelector('button')
  const output = form.querySelector('output')
  button.disabled = true
  output.textContent = await send(form).catch((error) => `No answer: ${error.message}`)
  button.disabled = false
}

/** Sends what the form says; its answer as text. */
async function send(form) {
  const inputs = [...form.querySelectorAll('input')].filter(({ value }) => value !== '')
  const those = (place) => inputs.filter(({ dataset }) => dataset.in === place).map(({ name, value }) => [name, value])
  const path = those('path').reduce(
    (text, [name, value]) => text.replace(`{${name}}`, () => encodeURIComponent(value)),
    form.dataset.path,
  )
  const query = new URLSearchParams(those('query')).toString()
  const body = form.elements.body?.value
  const answer = await fetch(query ? `${path}?${query}` : path, {
    method: form.dataset.method,
    headers: {
      authorization: credentials.elements.key.value,
      ...Object.fromEntries(those('header')),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body,
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  const content = isJson ? JSON.parse(text) : undefined
  remember(content)
  const shown = ['request-id', 'idempotency-key', 'idempotent-replayed', 'retry-after']
    .filter((name) => answer.headers.has(name))
    .map((name) => `${name}: ${answer.headers.get(name)}`)
  return [`${answer.status} ${answer.statusText}`, ...shown, '', isJson ? JSON.stringify(content, null, 2) : text].join(
    '\n',
  )
}

/** What was made or found is what the forms that need such an object speak of next. */
function remember(content) {
  const { object, id } = content?.data?.[0] ?? content ?? {}
  if (!(object in parameters) || content.deleted) return
  fill(parameters[object], id)
  if (object !== 'coupon') return
  for (const { elements } of forms) {
    const isExample =
      elements.body && elements.body.value === (elements.body.dataset.filled ?? elements.body.defaultValue)
    if (isExample)
      elements.body.value = elements.body.dataset.filled = elements.body.defaultValue.replace('SUMMER20', () =>
        JSON.stringify(id).slice(1, -1),
      )
  }
}

function fill(name, value) {
  for (const { elements } of forms) if (elements[name]) elements[name].value = value
}
