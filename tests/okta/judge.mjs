// What was sent to Okta, before an independent judge: Prism with the published
// contract (openapi-trimmed.json), and with its closed form, in which a key that
// Okta would drop in silence is an error (openapi-strict.json).
//   judge.mjs PRISM REFERENCE TAP BODIES.jsonl…
// BODIES have {method, path, body?, form?} a line; with "good": false it is one
// that the closed contract must refuse. Each operation also has a body that is
// spoiled and must be refused: a contract that does not compile takes anything.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const [prism, reference, tap, ...files] = process.argv.slice(2)
const say = (good, name, more = '') => appendFileSync(tap, `${good ? 'ok' : 'not ok'} - ${name}${more}\n`)
const missing = ['openapi-trimmed.json', 'openapi-strict.json'].filter((name) => !existsSync(join(reference, name)))
if (missing.length || !existsSync(prism)) {
  say(true, 'bodies before Prism', ` # SKIP ${missing.length ? `${missing.join(', ')} not in ${reference}` : 'Prism could not be had from npm'}`)
  process.exit(0)
}

const port = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port: free } = server.address(); server.close(() => resolve(free)) })
})
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function start(file, ...options) {
  const at = await port()
  const child = spawn(prism, ['mock', '-h', '127.0.0.1', '-p', String(at), ...options, join(reference, file)], { stdio: 'ignore' })
  for (let tries = 0; tries < 900; tries++) {
    if (child.exitCode !== null) break
    try { await fetch(`http://127.0.0.1:${at}/`); return { url: `http://127.0.0.1:${at}`, child } } catch { await sleep(200) }
  }
  child.kill()
  throw new Error(`Prism does not start with ${file}`)
}

// Which operation a path belongs to.
const contracts = Object.fromEntries(['trimmed', 'strict'].map((name) => [name, JSON.parse(readFileSync(join(reference, `openapi-${name}.json`)))]))
const templates = (contract) => Object.keys(contract.paths).map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => (a.path.match(/\{/g)?.length ?? 0) - (b.path.match(/\{/g)?.length ?? 0))
const operation = (contract, { method, path }) => {
  const found = templates(contract).find((one) => one.pattern.test(path) && contract.paths[one.path][method.toLowerCase()])
  return found && `${method} ${found.path}`
}

async function send(server, { method, path, body, form }, token = 'SSWS x') {
  const text = form ?? (body === undefined || body === null ? undefined : JSON.stringify(body))
  const answer = await fetch(server.url + path, { method, body: text, headers: { accept: 'application/json', ...(token ? { authorization: token } : {}),
    ...(text === undefined ? {} : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }) } })
  const said = await answer.text()
  const why = () => {
    const header = answer.headers.get('sl-violations')
    const list = header ? JSON.parse(header).filter((one) => one.location[0] === 'request') : (JSON.parse(said || '{}').validation ?? [])
    return list.map((one) => `${one.location.join('.')}: ${one.message}`).slice(0, 8).join('; ') || said.slice(0, 300)
  }
  return { refused: answer.status >= 400, status: answer.status, why }
}
async function each(list, work) {
  const queue = [...list]
  await Promise.all(Array.from({ length: 8 }, async () => { while (queue.length) await work(queue.shift()) }))
}

// Ways to spoil a body; at least one of each operation must be refused.
const spoilt = ({ body, form, ...rest }) => {
  if (form) return [{ ...rest, form: form.replace(/client_assertion=[^&]*&?/, '') }, { ...rest, form: form.replace('client_credentials', 'password') }]
  if (body === undefined || body === null) return []
  return Object.keys(body).map((key) => ({ ...rest, body: { ...body, [key]: typeof body[key] === 'object' ? 7 : { wrong: 7 } } }))
}

const distinct = new Map(), wrong = []
for (const line of files.flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter(Boolean)) {
  const request = JSON.parse(line)
  if (request.good === false) { wrong.push(request); continue }
  const name = operation(contracts.trimmed, request)
  if (!name) { say(false, `${request.method} ${request.path} is no operation of the contract`); continue }
  distinct.set(`${name} ${request.form ? 'form' : JSON.stringify(request.body ?? null)}`, { ...request, name })
}
const requests = [...distinct.values()]
const operations = new Map(requests.map((request) => [request.name, request]))

const running = []
try {
  const [trimmed, strict] = await Promise.all([start('openapi-trimmed.json'), start('openapi-strict.json', '--errors')].map((one) => one.then((server) => (running.push(server), server))))
  for (const [label, server] of [['the published contract', trimmed], ['the closed contract', strict]]) {
    const known = requests.filter((request) => operation(contracts[server === trimmed ? 'trimmed' : 'strict'], request))
    let bad = 0
    await each(known, async (request) => {
      const { refused, status, why } = await send(server, request)
      if (refused && bad++ < 10) console.log(`${label}: ${request.name}: ${status} ${why()}\n  ${JSON.stringify(request.body)}`)
    })
    say(bad === 0 && known.length > 0, `${label} takes all bodies: ${known.length}, ${bad} refused`)
    for (const [name, request] of operations) {
      if (!known.includes(request) && !known.some((one) => one.name === name)) continue
      const ways = spoilt(request)
      let seen = false
      for (const way of ways) seen ||= (await send(server, way)).refused
      if (server === strict && request.body && !Array.isArray(request.body)) seen &&= (await send(server, { ...request, body: { ...request.body, unheardOf: 1 } })).refused
      if (ways.length === 0) seen = (await send(server, { ...request, path: `${request.path}/x` })).refused
      say(seen, `${label} refuses a spoiled ${name}`)
    }
  }
  const taken = []
  for (const request of wrong) if (!(await send(strict, request)).refused) taken.push(request)
  for (const request of taken) console.log(`the closed contract takes ${request.method} ${request.path}\n  ${JSON.stringify(request.body)}`)
  say(wrong.length > 0 && taken.length === 0, `the closed contract refuses what is wrong: ${wrong.length}, ${taken.length} taken`)
} catch (error) {
  say(false, `bodies before Prism: ${error.message}`)
} finally {
  for (const { child } of running) child.kill()
}
