import { answerHeaders, type Described } from '../http/answer-headers.ts'
import type { About } from '../http/document.ts'
import { adminPath } from './shared.ts'

const { 'Request-Id': requestId, 'Retry-After': retryAfter, 'WWW-Authenticate': scheme } = answerHeaders

/** What the admin API's document says beside its operations. */
export const adminApi: About = {
  info: {
    title: 'ChatDash Admin API',
    description:
      'Agencies, accounts, API keys, freezes, events, bulk jobs and the status, for the operator of a ChatDash Server. It has a ' +
      'listener of its own, and none without a token.',
  },
  base: adminPath,
  tags: [
    { name: 'Agencies', description: 'The customers of the operator.' },
    { name: 'Accounts', description: 'The connected Stripe accounts of agencies, in the mode of the server.' },
    { name: 'API Keys', description: 'The API keys of agencies.' },
    { name: 'Platform', description: 'What concerns all agencies.' },
    { name: 'Events', description: 'The journal.' },
    { name: 'Jobs', description: 'The bulk jobs of all agencies, in the mode of the server.' },
  ],
  headers: {
    'Request-Id': requestId,
    'Retry-After': retryAfter,
    'WWW-Authenticate': { ...scheme, description: 'The scheme of the token, `Bearer`.' },
  },
  securityScheme: { adminToken: { type: 'http', scheme: 'bearer', description: 'The server’s `ADMIN_TOKEN`.' } },
  access: 'operator',
  isGuarded: () => true,
  withHeaders,
}

function withHeaders(document: Described): Described {
  for (const { responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    for (const [status, answer] of Object.entries(responses)) {
      const names = [
        'Request-Id',
        ...(status === '401' ? ['WWW-Authenticate'] : []),
        ...(['429', '503'].includes(status) ? ['Retry-After'] : []),
      ]
      answer.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
    }
  }
  return document
}
