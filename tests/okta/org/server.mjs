// The org on loopback: http or https for the tenant's interface, and a second
// port for the test that runs it. `startOrg(config)` gives everything to a test in
// the same process; main.mjs starts it by itself.
import { createHash } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { OAuthError, Guard } from './auth.mjs'
import { control } from './control.mjs'
import { malformed, Refusal } from './errors.mjs'
import { Faults, hostile } from './faults.mjs'
import { Limits } from './limits.mjs'
import { Org } from './org.mjs'
import { route } from './routes.mjs'

const BIGGEST = 4 << 20

const bodyOf = (request) => new Promise((resolve, reject) => {
  const parts = []
  let size = 0
  request.on('data', (part) => { size += part.length; if (size <= BIGGEST) parts.push(part); else request.destroy() })
  request.on('end', () => resolve(Buffer.concat(parts)))
  request.on('error', reject)
})
const listen = (server, port = 0) => new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server.address().port)))

export class Server {
  constructor(config = {}) {
    this.config = config
    this.org = new Org(config)
    this.guard = new Guard(this.org, { tokens: { 'test-token': config.users?.[0]?.login ?? null }, ...config.auth })
    this.limits = new Limits(this.org, config.rate)
    this.faults = new Faults()
    this.requests = []
    this.sent = [] // every write there ever was, for the judge
    this.sockets = new Set()
    this.number = 0
  }

  async start() {
    const serve = (request, response) => this.serve(request, response).catch((error) => { console.error(error); response.destroy() })
    const { tls } = this.config
    this.server = tls ? https.createServer({ ...tls, minVersion: 'TLSv1.2' }, serve) : http.createServer(serve)
    this.server.on('connection', (socket) => { this.sockets.add(socket); socket.on('close', () => this.sockets.delete(socket)) })
    this.server.on('tlsClientError', () => {})
    this.port = await listen(this.server, this.config.port)
    this.base = `${tls ? 'https' : 'http'}://${this.config.host ?? '127.0.0.1'}:${this.port}`
    this.control = http.createServer((request, response) => control(this, request, response))
    this.controlPort = await listen(this.control, this.config.controlPort)
    return this
  }
  async close() {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
    this.control.closeAllConnections()
    this.control.close()
  }

  // ---- one request -----------------------------------------------------------------

  async serve(request, response) {
    const base = `${this.config.tls ? 'https' : 'http'}://${request.headers.host}`
    const url = new URL(request.url, base)
    const raw = await bodyOf(request)
    const entry = { n: ++this.number, method: request.method, path: url.pathname, query: url.search, body: null, status: 0, did: false }
    this.requests.push(entry)
    if (entry.method !== 'GET') this.sent.push(entry)
    if (request.headers['content-type']?.startsWith('application/json') && raw.length)
      try { entry.body = JSON.parse(raw) } catch { entry.raw = raw.toString() }
    if (url.pathname === '/oauth2/v1/token') entry.form = raw.toString()
    const faults = this.faults.strike(request.method, url.pathname)
    for (const { do: act, edits = [] } of faults) if (act === 'edit') for (const edit of edits) this.edit(edit)
    if (faults.some(({ do: act }) => act === 'hang')) return
    if (faults.some(({ do: act }) => act === 'cut-before')) { request.socket.destroy(); return }
    const early = this.#early(faults)
    const answer = early ?? this.answer({ request, url, raw, base, entry })
    if (!early) entry.did = answer.status < 400
    entry.status = answer.status
    this.#finish(request, response, answer, faults, `${base}${request.url}`, entry)
  }

  #early(faults) {
    const acts = faults.map(({ do: act }) => act)
    const given = faults.find(({ do: act }) => act === 'answer')
    if (given) return { status: given.status, headers: { ...given.headers }, body: given.body }
    if (acts.includes('500-before')) return this.#refuse(new Refusal('E0000009'))
    if (acts.includes('503')) return { status: 503, headers: { 'retry-after': '1' }, body: { errorCode: 'E0000010', errorSummary: 'Service is in read only mode' } }
    if (acts.includes('423')) return this.#refuse(new Refusal('E0000239'))
    if (acts.includes('429')) return this.#refuse(new Refusal('E0000047'), { 'x-rate-limit-limit': '100', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(Math.floor(this.org.now() / 1000)) })
    if (acts.includes('429-concurrency')) return this.#refuse(new Refusal('E0000047'), { 'x-rate-limit-limit': '0', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(Math.floor(this.org.now() / 1000)) })
    return undefined
  }
  #refuse(error, headers = {}) {
    const id = `oae${createHash('sha256').update(String(this.number)).digest('base64url').slice(0, 20)}`
    return { status: error.status, headers, body: error.body(id) }
  }

  #finish(request, response, answer, faults, url, entry) {
    const acts = faults.map(({ do: act }) => act)
    if (acts.includes('cut-after')) { request.socket.destroy(); return }
    if (acts.includes('500-after')) answer = this.#refuse(new Refusal('E0000009'))
    const kind = faults.find(({ do: act }) => act === 'hostile')?.kind
    if (kind && hostile(kind, response, answer, url)) return
    entry.answered = answer.status
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body)
    const headers = { date: new Date(this.org.now()).toUTCString(), 'x-okta-request-id': `req${createHash('sha256').update(`r${entry.n}`).digest('base64url').slice(0, 24)}`, ...answer.headers,
      ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}) }
    response.sendDate = false
    response.writeHead(answer.status, headers)
    if (acts.includes('cut-middle')) { response.write(text.slice(0, text.length / 2)); setImmediate(() => request.socket.destroy()); return }
    response.end(text)
  }

  // What the interface answers: limits, who calls, what it does.
  answer({ request, url, raw, base, entry }) {
    const { limit, remaining, reset, over } = this.limits.count(url.pathname)
    const rate = { 'x-rate-limit-limit': String(limit), 'x-rate-limit-remaining': String(remaining), 'x-rate-limit-reset': String(reset) }
    try {
      if (over) throw new Refusal('E0000047')
      if (url.pathname === '/oauth2/v1/token') return this.#token({ request, url, raw, base, rate })
      const found = route(request.method, url.pathname)
      const where = `${base}${url.pathname}`
      const caller = found.scope === null ? null : this.guard.admit(request.headers, request.method, where, `okta.${found.scope}`)
      return this.#call({ found, request, url, raw, base, entry, caller, rate })
    } catch (error) {
      if (error instanceof Refusal) return this.#refuse(error, rate)
      if (error instanceof OAuthError) return { status: error.status, headers: { ...rate, ...error.headers, 'www-authenticate': `DPoP error="${error.error}"` }, body: error.body() }
      throw error
    }
  }

  #call({ found, request, url, raw, base, entry, caller, rate }) {
    if (request.method === 'POST' || request.method === 'PUT') {
      if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined)
        return { status: 411, headers: rate, body: undefined }
      if (raw.length && entry.body === null) throw malformed()
      if (!raw.length && !found.lifecycle && !/\/(clone|policies\/[^/]+)$/.test(url.pathname)) throw malformed()
    }
    const made = found.handler({ org: this.org, base, ids: found.ids, act: found.act, body: entry.body, query: url.searchParams, caller })
    if (made.items) return this.#page(made, url, base, rate)
    return { status: made.status ?? 200, headers: rate, body: structuredClone(made.body) }
  }

  #page({ items, most, usual }, url, base, rate) {
    const asked = Number(url.searchParams.get('limit') ?? usual)
    const size = Math.min(asked > 0 ? asked : usual, Number.isFinite(usual) ? most : Infinity, this.config.pageMost ?? Infinity)
    const from = Number(Buffer.from(url.searchParams.get('after') ?? '', 'base64url').toString() || 0)
    const body = structuredClone(items.slice(from, from + size))
    const links = [`<${base}${url.pathname}${url.search}>; rel="self"`]
    if (from + size < items.length) {
      const next = new URL(url)
      next.searchParams.set('after', Buffer.from(String(from + size)).toString('base64url'))
      links.push(`<${base}${next.pathname}${next.search}>; rel="next"`)
    }
    return { status: 200, headers: { ...rate, link: links }, body }
  }

  #token({ request, url, raw, base, rate }) {
    if (request.method !== 'POST') throw new Refusal('E0000022')
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) throw new OAuthError('invalid_request', 'the content type is not supported')
    const body = this.guard.token(new URLSearchParams(raw.toString()), `${base}${url.pathname}`, request.headers.dpop)
    return { status: 200, headers: rate, body }
  }

  // A call by somebody at the console: no limits, no faults, not recorded. Gives
  // the answer's body; a refusal is thrown.
  edit({ method, path, body = null }) {
    const url = new URL(path, this.base)
    const found = route(method, url.pathname)
    const made = found.handler({ org: this.org, base: this.base, ids: found.ids, act: found.act, body: structuredClone(body), query: url.searchParams, caller: null })
    return structuredClone(made.items ?? made.body)
  }
  forget() { this.requests = [] }
  writes() { return this.requests.filter((one) => one.method !== 'GET' && one.path !== '/oauth2/v1/token') }
}

export const startOrg = (config) => new Server(config).start()
