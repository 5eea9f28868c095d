/** Stands in for Stripe: answers every request with the same coupon. It counts as nobody's cost, so it is as lean as can be. */
import { createServer } from 'node:net'
import { onMessage } from '../load/wire.ts'
import { coupon } from '../../test/support/stripe-stub.ts'
import { announce } from './announce.ts'

const body = JSON.stringify(coupon)
const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_stub\r\ncontent-length: ${body.length}\r\n\r\n`
const answer = Buffer.from(head + body)

announce(
  createServer({ noDelay: true }, (socket) => {
    onMessage(socket, () => void socket.write(answer))
    socket.on('error', () => socket.destroy())
  }),
)
