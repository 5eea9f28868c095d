import type { FastifyReply } from 'fastify'
import type { Answer } from '../lib/answer.ts'

/** Sets `Stripe-Request-Id` and `Idempotent-Replayed` from Stripe's answer, and returns its object. */
export function setStripeHeaders<T>(reply: FastifyReply, answer: Answer<T>): T {
  if (answer.requestId !== undefined) void reply.header('stripe-request-id', answer.requestId)
  if (answer.replayed) void reply.header('idempotent-replayed', 'true')
  return answer.value
}
