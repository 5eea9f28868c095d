import type { FastifyReply } from 'fastify'
import type { Answer } from '../lib/answer.ts'

/** Puts what Stripe said about its answer into our headers, and returns the object that it answered with. */
export function setStripeHeaders<T>(reply: FastifyReply, answer: Answer<T>): T {
  if (answer.requestId !== undefined) void reply.header('stripe-request-id', answer.requestId)
  if (answer.replayed) void reply.header('idempotent-replayed', 'true')
  return answer.value
}
