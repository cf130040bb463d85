// The second port: for tests that do not run in this process.
//   GET /requests, DELETE /requests; POST /faults [fault…], DELETE /faults;
//   POST /clock {seconds}; POST /edit {method, path, body}; POST /decide [signIn…];
//   GET /state, PUT /state
import { decide } from './decide.mjs'

const ACTIONS = {
  'GET /requests': (server) => server.requests,
  'DELETE /requests': (server) => server.forget(),
  'POST /faults': (server, body) => server.faults.set(body),
  'DELETE /faults': (server) => server.faults.clear(),
  'POST /clock': (server, { seconds }) => server.org.advance(seconds),
  'POST /edit': (server, body) => server.edit(body),
  'POST /decide': (server, body) => body.map((signIn) => decide(server.org, signIn)),
  'GET /state': (server) => server.org.snapshot(),
  'PUT /state': (server, body) => server.org.restore(body),
}

export async function control(server, request, response) {
  const parts = []
  for await (const part of request) parts.push(part)
  const say = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  }
  const action = ACTIONS[`${request.method} ${request.url}`]
  if (!action) return say(404, { error: 'no such action' })
  try {
    const text = Buffer.concat(parts).toString()
    say(200, action(server, text ? JSON.parse(text) : undefined))
  } catch (error) {
    say(error.status ?? 400, error.body?.('console') ?? { error: error.message })
  }
}
