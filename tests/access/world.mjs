// A sandbox with an Access tenant, and a door before it that writes down what goes
// through, cuts connections and loses answers.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { run } from '../okta/tool.mjs'

export const WOAPOL = process.env.WOAPOL
export const WORK = process.env.WORK
export { run }

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

// `door.fault(request, forward)` may do something else than to forward.
async function openDoor(target, ca) {
  const door = { sent: [], fault: null, url: '' }
  const server = http.createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const entry = { method: request.method, path: request.url, type: request.headers['content-type'] ?? null, accept: request.headers.accept ?? null, body: body.toString(), authorized: (request.headers.authorization ?? '').split(' ')[0] }
      door.sent.push(entry)
      const forward = (done) => {
        const out = https.request(new URL(request.url, target), { method: request.method, ca, agent: false, headers: { ...request.headers, host: new URL(target).host } }, (answer) => {
          const got = []
          answer.on('data', (part) => got.push(part))
          answer.on('end', () => done(answer, Buffer.concat(got)))
        })
        out.on('error', () => response.destroy())
        out.end(body)
      }
      const pass = () => forward((answer, got) => {
        entry.status = answer.statusCode
        response.writeHead(answer.statusCode, answer.headers)
        response.end(got)
      })
      if (!door.fault || !door.fault(entry, { forward, pass, response })) pass()
    })
  })
  door.url = `http://127.0.0.1:${await listen(server)}`
  door.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve) })
  return door
}

let count = 0
export async function world(options, use) {
  mkdirSync(WORK, { recursive: true })
  const cwd = mkdtempSync(join(WORK, `w${++count}-`))
  const sample = join(cwd, 'sample.json')
  const usual = JSON.parse(readFileSync(new URL('../../compiler/sandbox/sample.json', import.meta.url), 'utf8'))
  usual.groups.push({ name: 'G1' }, { name: 'G3' })
  usual.apps.push({ name: 'Sales Force' }, { name: 'Pay/Roll' }, { name: 'A2' })
  writeFileSync(sample, JSON.stringify(usual))
  const child = spawn(WOAPOL, ['sandbox', '-d', join(cwd, 'box'), '--sample', sample, '--ipv6', 'all-ranges', '--ready-file', join(cwd, 'ready'), ...(options.sandbox ?? [])], { cwd, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.on('close', resolve))
  let env
  for (let i = 0; !env && i < 2400; i++) {
    try { readFileSync(join(cwd, 'ready')); env = Object.fromEntries([...readFileSync(join(cwd, 'box', 'env'), 'utf8').matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)].map((m) => [m[1], m[2]])) } catch { await new Promise((resolve) => setTimeout(resolve, 50)) }
  }
  assert.ok(env, 'the sandbox does not start')
  const ca = readFileSync(env.WOAPOL_SANDBOX_CA)
  const door = await openDoor(env.WOAPOL_SANDBOX_ACCESS, ca)
  const made = { cwd, env, door, ca, secrets: [env.WOAPOL_ACCESS_CLIENT_SECRET],
    write: (name, text) => { writeFileSync(join(cwd, name), text); return join(cwd, name) },
    read: (name) => readFileSync(join(cwd, name), 'utf8'),
    woapol: (args, more = {}) => run(args, { cwd, ...more, env: { ...env, ...(more.env ?? {}) } }),
    tenant: (args, more) => made.woapol([...args, '--tenant', 'Portal', '--url', door.url], more),
    push: (file, ...args) => made.tenant(['push', file, '--yes', '--accept-unverified', ...args]),
    control: (method, path, body) => ask(env.WOAPOL_SANDBOX_CONTROL + path, { method, body }),
    token: null,
    api: async (method, path, body) => {
      made.token ??= (await ask(`${env.WOAPOL_SANDBOX_ACCESS}/SAAS/auth/oauthtoken?grant_type=client_credentials`, { ca, method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${env.WOAPOL_ACCESS_CLIENT_ID}:${env.WOAPOL_ACCESS_CLIENT_SECRET}`).toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' }, text: 'grant_type=client_credentials' })).json.access_token
      return ask(env.WOAPOL_SANDBOX_ACCESS + path, { ca, method, body, headers: { authorization: `Bearer ${made.token}`, ...options.headers } })
    } }
  try { return await use(made) } finally {
    await door.close()
    child.kill('SIGTERM')
    await ended
    appendFileSync(join(WORK, 'requests.jsonl'), door.sent.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  }
}

// {status, json, text}
export function ask(url, { method = 'GET', body, text, ca, headers = {} } = {}) {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const out = (url.startsWith('https') ? https : http).request(url, { method, ca, agent: false, headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }), ...headers } }, (answer) => {
      const got = []
      answer.on('data', (part) => got.push(part))
      answer.on('end', () => {
        const raw = Buffer.concat(got).toString()
        let json
        try { json = JSON.parse(raw) } catch { json = null }
        resolve({ status: answer.statusCode, json, text: raw })
      })
    })
    out.on('error', reject)
    out.end(payload)
  })
}

export function ok(made, status, what = '') {
  assert.equal(made.status, status, `${what} ended with ${made.status}, not ${status}:\n${made.stdout}${made.stderr}`)
  return made
}

// The third party's method that random policies ask for.
export async function addBadge(w) {
  const made = await w.api('POST', '/SAAS/jersey/manager/api/identityProviders', { name: 'Gate', friendlyName: 'Gate', identityProviderType: 'MANUAL', nameIdFormatType: [], metaData: '<md/>', nIDPStatus: 1,
    orgNetworks: [], authMethods: [{ authMethodId: '7f2b6d7e-0000-4000-8000-0000000000aa', authMethodName: 'Badge at the gate', samlAuthnContext: 'urn:badge', authMethodOrder: 1, authScore: 1, defaultMethod: true }] })
  assert.ok(made.status === 201, `the identity provider was not made: ${made.status} ${made.text}`)
}
