// Every client, token and SCIM call that was sent, before Prism with the published
// contract: judge.mjs PRISM CONTRACT REQUESTS TAP
import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'

const [prism, contract, requests, tap] = process.argv.slice(2)
const published = /^\/SAAS\/(auth\/oauthtoken|jersey\/manager\/api\/(oauth2clients|scim\/))/
const free = () => new Promise((resolve) => { const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)) }) })
const say = (right, what) => appendFileSync(tap, `${right ? 'ok' : 'not ok'} - ${what}\n`)

// The contract publishes what a client is, and forgets to say that it is sent: the
// body of a request has the schema of its answer.
const whole = JSON.parse(readFileSync(contract, 'utf8'))
for (const [path, method] of [['', 'post'], ['/{id}', 'put']]) {
  const call = whole.paths[`/SAAS/jersey/manager/api/oauth2clients${path}`][method]
  call.requestBody ??= { required: true, content: { 'application/json': { schema: call.responses['201'].content['application/json'].schema } } }
}
whole.paths['/SAAS/auth/oauthtoken'].post.requestBody ??= { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object', required: ['grant_type'], properties: { grant_type: { enum: ['client_credentials'] } } } } } }
whole.paths['/SAAS/auth/oauthtoken'].post.responses['200'].content = { 'application/json': Object.values(whole.paths['/SAAS/auth/oauthtoken'].post.responses['200'].content)[0] }
const completed = `${requests}.contract.json`
writeFileSync(completed, JSON.stringify(whole))

const port = await free()
const child = spawn(prism, ['mock', '--errors', '-h', '127.0.0.1', '-p', String(port), completed], { stdio: 'ignore' })
process.on('exit', () => child.kill('SIGTERM'))
const send = ({ method, path, body, type, headers = {} }) => new Promise((resolve, reject) => {
  const plain = type?.includes('+json') ? 'application/json' : type
  const out = http.request({ host: '127.0.0.1', port, method, path, agent: false, headers: { ...(body ? { 'content-type': plain ?? 'application/json', 'content-length': Buffer.byteLength(body) } : {}), ...headers } }, (answer) => {
    const got = []
    answer.on('data', (part) => got.push(part))
    answer.on('end', () => resolve({ status: answer.statusCode, text: answer.headers['sl-violations'] ?? Buffer.concat(got).toString() }))
  })
  out.on('error', reject)
  out.end(body || undefined)
})
// What fits the contract is answered as the contract says of success; anything else is not.
const complaint = ({ status, text }) => (status >= 400 ? `${status} ${text.slice(0, 500)}` : null)

for (let i = 0; i < 1200; i++) {
  try { await send({ method: 'GET', path: '/' }); break } catch { await new Promise((resolve) => setTimeout(resolve, 100)) }
}
const seen = new Set(), kinds = new Map()
for (const line of readFileSync(requests, 'utf8').trim().split('\n')) {
  const { method, path, body, type } = JSON.parse(line)
  if (!published.test(path) || seen.has(`${method} ${path} ${body}`)) continue
  seen.add(`${method} ${path} ${body}`)
  const auth = path.includes('oauthtoken') ? 'Basic dzp4' : 'Bearer x'
  const wrong = complaint(await send({ method, path, body, type, headers: { authorization: auth } }))
  const kind = `${method} ${path.replace(/\?.*/, '').replace(/(oauth2clients|Groups)\/.*/, '$1/{id}')}`
  kinds.set(kind, [...(kinds.get(kind) ?? []), ...(wrong ? [`${path} ${body}: ${wrong}`] : [])])
}
for (const [kind, wrongs] of kinds) {
  say(wrongs.length === 0, `Prism takes ${kind}`)
  wrongs.slice(0, 3).forEach((wrong) => console.log(wrong))
}
for (const kind of ['POST /SAAS/auth/oauthtoken', 'POST /SAAS/jersey/manager/api/oauth2clients', 'PUT /SAAS/jersey/manager/api/oauth2clients/{id}', 'GET /SAAS/jersey/manager/api/oauth2clients/{id}', 'GET /SAAS/jersey/manager/api/scim/Groups'])
  say(kinds.has(kind), `there was a ${kind}`)
// What it must refuse, or it judges nothing.
const J = '/SAAS/jersey/manager/api'
for (const [what, request] of [['a client without a scope', { method: 'POST', path: `${J}/oauth2clients`, body: '{"clientId":"a","authGrantTypes":"client_credentials"}' }],
  ['a lifetime that is a text', { method: 'PUT', path: `${J}/oauth2clients/a`, body: '{"clientId":"a","scope":"admin","authGrantTypes":"client_credentials","accessTokenTTL":"3h"}' }],
  ['a token without a grant', { method: 'POST', path: '/SAAS/auth/oauthtoken', body: 'a=b', type: 'application/x-www-form-urlencoded' }],
  ['groups from a place that is no number', { method: 'GET', path: `${J}/scim/Groups?startIndex=x` }],
  ['a client by a method that is not published', { method: 'PATCH', path: `${J}/oauth2clients/a`, body: '{}' }],
  ['a group by a method that is not published', { method: 'PUT', path: `${J}/scim/Groups/a`, body: '{}' }],
  ['a path that is not published', { method: 'GET', path: `${J}/oauth2client` }]])
  say(complaint(await send({ ...request, headers: { authorization: request.path.includes('oauthtoken') ? 'Basic dzp4' : 'Bearer x' } })) !== null, `Prism refuses ${what}`)
child.kill('SIGTERM')
process.exit(0)
