// Whatever goes wrong on the way of a push to Access: afterwards the tenant holds what
// was planned, once, and nothing else was touched. As for Okta (tests/okta/faults.test.mjs).
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { each } from '../okta/tool.mjs'
import { ok, world } from './world.mjs'

const J = '/SAAS/jersey/manager/api'
const SOURCE = `tenant Portal { kind = access }
network Office = 198.51.100.0/24
network Vpn = 10.8.0.0 .. 10.8.3.255
group Staff = "All Staff@corp.example"
app Salesforce
policy Workforce is default {
  rule office when network in Office + Vpn and group in Staff authenticate password every 8h
  otherwise authenticate password_local every 1h
}
policy Crm for Salesforce {
  rule staff when network in Office and group in Staff authenticate password then fido2 every 1h
  otherwise deny
}
client Sync {
  tenant = Portal
  id = "sync"
  access_type = service
  scope = {admin}
  secret = generated
}
`
const writes = ({ method, path }) => method !== 'GET' && !path.includes('/search') && !path.includes('oauthtoken')
const WRITING = ['--yes', '--accept-unverified', '--secrets-to', 'secrets']
// What the tenant holds, without what it numbers anew.
const essence = ({ policies, ranges, apps }) => {
  const uuids = new Map([...policies, ...ranges].map(({ uuid, name }) => [uuid, name]))
  const named = (value) => Array.isArray(value) ? value.map(named) : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'uuid').map(([key, one]) => [key, named(one)])) : uuids.get(value) ?? value
  return JSON.stringify(named({ policies, ranges, apps: apps.map(({ name, accessPolicySetUuid }) => ({ name, accessPolicySetUuid })) }))
}
const held = async (w) => (await w.control('GET', '/sandbox/state')).json.access
// Somebody else's, to be left alone.
async function strangers(w) {
  assert.equal((await w.api('POST', `${J}/orgnetworks`, { name: 'Theirs', description: 'by hand', ipAddressRanges: [{ from: '192.0.2.0', to: '192.0.2.9' }], defaultNetwork: false })).status, 201)
  const made = await w.api('POST', `${J}/accessPolicies`, { name: 'By hand', description: '', base: false, accessPolicyRules: [] })
  assert.equal(made.status, 201)
  return made.json
}

// A push with a fault at the request number `at` (of writes alone with `only`).
async function push(w, { at, times = 1, only = () => true, strike }) {
  const file = w.write('policy.woapol', SOURCE)
  let count = 0, struck = 0
  w.door.fault = (entry, doors) => {
    if (!only(entry)) return false
    count++
    if (at === undefined || count < at || count >= at + times) return false
    struck++
    return strike(entry, doors)
  }
  const made = await w.tenant(['push', file, ...WRITING], { env: { WOAPOL_PATIENCE: '60' } })
  w.door.fault = null
  return { file, made, count, struck }
}

let wanted, requests, calls
test('nothing goes wrong', () => world({}, async (w) => {
  await strangers(w)
  const { made, count } = await push(w, {})
  ok(made, 0, 'push')
  requests = count
  calls = w.door.sent.filter(writes).length
  wanted = essence(await held(w))
  assert.ok(requests > 20 && calls >= 6, `${requests} requests, ${calls} writes`)
}))

// Goes on until it is done, by --resume or anew, and looks at the end.
async function mend(w, file, made, what) {
  for (let i = 0; made.status !== 0 && i < 3; i++) {
    made = await w.tenant(['push', '--resume', file, ...WRITING])
    if (made.status !== 0) made = await w.tenant(['push', file, ...WRITING])
  }
  // A client whose answer was lost is there without anybody knowing its secret.
  assert.equal(made.status, 0, `${what}: ${made.stdout}${made.stderr}`)
  assert.equal(essence(await held(w)), wanted, what)
  ok(await w.tenant(['plan', file]), 0, `plan, ${what}`)
  assert.equal(w.door.sent.filter(({ method, path, status }) => method === 'POST' && path.endsWith('/oauth2clients') && status === 201).length <= 1, true, what)
}

const disturbed = (name, fault) => world({}, async (w) => {
  await strangers(w)
  const { file, made, struck } = await push(w, fault)
  assert.ok(struck > 0, `${name} never struck`)
  await mend(w, file, made, name)
})
const upTo = (count) => Array.from({ length: count }, (_, i) => i + 1)
const answer = (status, headers = {}, body = '{"errors":[{"code":"busy","message":"come back"}]}') => (entry, { response }) => {
  entry.status = status
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body)
  return true
}
const cutBefore = (entry, { response }) => { response.destroy(); return true }
const cutAfter = (entry, { forward, response }) => { forward((done) => { entry.status = done.statusCode; response.destroy() }); return true }
const lateFailure = (entry, { forward, response }) => { forward((done) => { entry.status = done.statusCode; response.writeHead(500, { 'content-type': 'application/json' }); response.end('{"errors":[]}') }); return true }

test('the connection is cut at every single request, before or after it took effect', async () => {
  await each(upTo(requests), (at) => disturbed(`cut at request ${at}`, { at, strike: at % 2 ? cutBefore : cutAfter }), 3)
})
test('a push that was cut at any write is taken back whole', async () => {
  await each(upTo(calls - 1), (at) => world({}, async (w) => {
    await strangers(w)
    const before = essence(await held(w))
    let written = 0 // from that write on nothing is answered
    const silent = (entry) => (written += writes(entry)) >= at
    const { file, made, struck } = await push(w, { at: 1, times: Infinity, strike: cutAfter, only: silent })
    assert.ok(struck > 0 && made.status !== 0, `cut at write ${at}: ${made.status}`)
    ok(await w.tenant(['rollback', file, '--yes']), 0, `rollback, cut at write ${at}`)
    assert.deepEqual(JSON.parse(essence(await held(w))), JSON.parse(before), `cut at write ${at}`)
  }), 3)
})
test('the connection is cut at every write, before and after it took effect', async () => {
  await each(upTo(calls).flatMap((at) => [[at, cutBefore], [at, cutAfter]]), ([at, strike]) => disturbed(`${strike.name} at write ${at}`, { at, only: writes, strike }), 3)
})
test('500 after the write took effect, at every write', async () => {
  await each(upTo(calls), (at) => disturbed(`500 after write ${at}`, { at, only: writes, strike: lateFailure }), 3)
})
test('storms: 429 with and without a time, 503, 500 before', async () => {
  await each([['429', { at: 4, times: 3, strike: answer(429, { 'retry-after': '1' }) }], ['429 at a write', { at: 2, times: 3, only: writes, strike: answer(429, { 'retry-after': '0' }) }],
    ['429 without a time', { at: 3, times: 2, strike: answer(429) }], ['503', { at: 5, times: 2, strike: answer(503) }], ['503 at a write', { at: 3, times: 2, only: writes, strike: answer(503, { 'retry-after': '1' }) }],
    ['500 at a write', { at: 3, only: writes, strike: answer(500) }]], ([name, fault]) => disturbed(name, fault), 3)
})
test('somebody else writes at the same time: it is noticed, and nothing of theirs is lost', async () => {
  await each(upTo(calls).slice(1), (at) => world({}, async (w) => {
    const theirs = await strangers(w)
    const path = `${J}/accessPolicies/${theirs.uuid}`
    const edited = { name: 'By hand', description: 'edited meanwhile', base: false, accessPolicyRules: [] }
    const { file, made, struck } = await push(w, { at, only: writes, strike: (entry, { pass }) => { w.api('PUT', path, edited).then(({ status }) => { assert.equal(status, 200); pass() }); return true } })
    assert.ok(struck === 1 && [0, 1, 7].includes(made.status), `${made.status}: ${made.stderr}`)
    let last = made
    for (let i = 0; last.status !== 0 && i < 3; i++) last = await w.tenant(['push', file, ...WRITING])
    ok(last, 0, `push beside somebody else at write ${at}`)
    const after = await held(w)
    assert.equal(after.policies.find(({ name }) => name === 'By hand').description, 'edited meanwhile')
    ok(await w.tenant(['plan', file]), 0, 'plan')
  }), 3)
})
test('somebody else changes what is being pushed: the status tells what is there', () => world({}, async (w) => {
  ok((await push(w, {})).made, 0, 'push')
  const base = (await held(w)).policies.find((set) => set.base), path = `${J}/accessPolicies/${base.uuid}`
  w.write('policy.woapol', SOURCE.replace('every 8h', 'every 4h').replace('every 1h\n}', 'every 2h\n}'))
  let struck = 0, theirs
  w.door.fault = (entry, { pass }) => {
    // Between what the tool has read and what it writes.
    if (!writes(entry) || struck++) return false
    w.api('GET', path).then(async ({ json }) => {
      theirs = { ...json, description: json.description, accessPolicyRules: json.accessPolicyRules.map((rule) => ({ ...rule, errorMessage: 'theirs' })) }
      delete theirs._links
      assert.equal((await w.api('PUT', path, theirs)).status, 200)
      pass()
    })
    return true
  }
  const made = await w.tenant(['push', join(w.cwd, 'policy.woapol'), ...WRITING])
  w.door.fault = null
  assert.equal(struck > 0, true)
  assert.ok([0, 1, 7].includes(made.status), made.stderr)
  ok(await w.tenant(['plan', join(w.cwd, 'policy.woapol')]), made.status === 0 ? 0 : 2, 'plan')
}))
