// Authenticators that are off where chains need them: activated before the rules, turned off
// again on the way back; what an org cannot activate, and who cannot enroll.
import assert from 'node:assert/strict'
import test from 'node:test'
import { base as usual, ORG } from './base.mjs'
import { essence as all } from './essence.mjs'
import { each, ok, session } from './tool.mjs'

// What Okta adds to everything that is written to it is no difference.
const essence = (org) => JSON.parse(JSON.stringify(all(org), (key, value) => key === 'keepMeSignedIn' && value?.postAuth === 'NOT_ALLOWED' ? undefined : value))
const quick = { env: { WOAPOL_PATIENCE: '3' } }
const base = (url) => usual(url).replace('chain Plain = okta_password\n', 'chain Plain = okta_password then sms\n').replace(', fido2}', ', fido2, sms, duo}')
const OFF = ['phone_number', 'phone_number/sms', 'okta_verify/push', 'webauthn', 'google_otp']
const off = { ...ORG, inactive: OFF }
const state = (org, name) => { const [key, use] = name.split('/'); const one = Object.values(org.data.authenticators).find((other) => other.key === key); return use ? one.methods.find(({ type }) => type === use).status : one.status }
const told = (server) => server.writes().map(({ path }) => path).filter((path) => path.includes('/authenticators/')).map((path) => {
  const [, , , , id, ...rest] = path.split('/')
  return [server.org.data.authenticators[id].key, ...rest].join('/')
})

test('what chains need is activated before the rules that ask for it, and only that', () => session(off, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  const before = essence(org)
  const plan = ok(await woapol(['plan', file]), 2)
  assert.match(plan.stdout, /activate authenticator phone_number/)
  assert.match(plan.stdout, /activate authenticator method push of okta_verify/)
  assert.match(plan.stderr, /method push of authenticator okta_verify: where people choose their factors, as by 'Catch-all Rule' of Default Policy, they can use it then/)
  assert.doesNotMatch(plan.stderr, /phone_number: where/, 'it is bound to no device')
  server.forget()
  ok(await woapol(['push', file, '--yes']), 0)
  assert.deepEqual(told(server), ['webauthn/lifecycle/activate', 'phone_number/lifecycle/activate', 'okta_verify/methods/push/lifecycle/activate', 'phone_number/methods/sms/lifecycle/activate'])
  const writes = server.writes().map(({ method, path }) => `${method} ${path}`)
  assert.ok(writes.findLastIndex((one) => one.includes('/authenticators/')) < writes.findIndex((one) => /^(POST|PUT) .*\/rules/.test(one)))
  for (const name of OFF) assert.equal(state(org, name), name === 'google_otp' ? 'INACTIVE' : 'ACTIVE', name)
  ok(await woapol(['plan', file]), 0)
  ok(await woapol(['drift', file]), 0)
  ok(await woapol(['prove', file, '--target', 'okta']), 0)
  ok(await woapol(['rollback', file, '--yes']), 0)
  assert.deepEqual(essence(org), before)
}))

test('cut at every call, a push with activations is resumed, or goes back', () => session(off, async (first) => {
  const file = first.write('policy.woapol', base(first.server.base))
  ok(await first.woapol(['push', file, '--yes']), 0)
  const end = essence(first.org), at = first.server.requests.flatMap((one, i) => (one.path.includes('/lifecycle/') ? [i + 1] : []))
  assert.equal(at.length, 4)
  const cases = at.flatMap((number) => ['cut-before', 'cut-after', '500-after'].flatMap((fault) => ['resume', 'rollback'].map((way) => ({ number, fault, way }))))
  await each(cases, ({ number, fault, way }) => session(off, async ({ server, org, write, woapol }) => {
    const before = essence(org), what = `${fault} at ${number}, ${way}`
    const mine = write('policy.woapol', base(server.base))
    server.faults.set([{ do: fault, at: number, times: 1000 }])
    ok(await woapol(['push', mine, '--yes'], quick), 1, what)
    server.faults.clear()
    ok(await woapol(way === 'resume' ? ['push', '--resume', mine] : ['rollback', mine, '--yes'], quick), 0, what)
    assert.deepEqual(essence(org), way === 'resume' ? end : before, what)
  }))
}))

test('an authenticator that Okta will not activate: nothing is left of the push', () => session(off, async ({ server, org, write, woapol }) => {
  const before = essence(org)
  server.faults.set([{ do: 'answer', path: 'authenticators/[^/]+/lifecycle/activate$', times: 1000, status: 403, body: { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action' } }])
  const said = ok(await woapol(['push', write('policy.woapol', base(server.base)), '--yes'], quick), 1)
  assert.match(said.stderr, /permission.*as it was before/)
  assert.deepEqual(essence(org), before)
}))

test('what an org does not have is for people to add', () => session({ ...ORG, absent: ['webauthn'] }, async ({ server, write, woapol }) => {
  assert.match(ok(await woapol(['plan', write('policy.woapol', base(server.base))]), 1).stderr, /no authenticator webauthn, which the source speaks of: add it there/)
  assert.deepEqual(server.writes(), [])
}))

test('a method that somebody turns off is drift, and is turned on again', () => session(ORG, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  const one = Object.values(org.data.authenticators).find(({ key }) => key === 'okta_verify')
  assert.throws(() => server.edit({ method: 'POST', path: `/api/v1/authenticators/${one.id}/methods/push/lifecycle/deactivate` }), 'it is used')
  one.methods.find(({ type }) => type === 'push').status = 'INACTIVE'
  assert.match(ok(await woapol(['drift', file]), 2).stdout, /push of okta_verify/)
  const plan = ok(await woapol(['plan', file, '--out', 'plan.json']), 2)
  assert.match(plan.stdout, /activate authenticator method push of okta_verify/)
  one.methods.find(({ type }) => type === 'totp').status = 'INACTIVE'
  ok(await woapol(['push', file, '--plan', 'plan.json', '--yes']), 7, 'the plan is stale')
  ok(await woapol(['push', file, '--yes']), 0)
  ok(await woapol(['drift', file]), 0)
}))

test('a rule of somebody else that asks for it keeps it on when the push is taken back', () => session(off, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  const policy = server.edit({ method: 'POST', path: '/api/v1/policies', body: { type: 'ACCESS_POLICY', name: 'Theirs' } })
  server.edit({ method: 'POST', path: `/api/v1/policies/${policy.id}/rules`, body: { type: 'ACCESS_POLICY', name: 'theirs', priority: 0,
    actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'AUTH_METHOD_CHAIN', chains: [{ authenticationMethods: [{ key: 'webauthn', method: 'webauthn' }] }] } } } } })
  ok(await woapol(['rollback', file, '--yes', '--force']), 0)
  assert.equal(state(org, 'webauthn'), 'ACTIVE')
  assert.equal(state(org, 'phone_number'), 'INACTIVE')
}))

test('nobody may enroll in what a rule asks everybody for: plan and push warn', () => session(ORG, async ({ server, org, write, woapol }) => {
  const edit = (method, path, body) => server.edit({ method, path, body })
  const file = write('policy.woapol', base(server.base).replace('authenticate Plain every 8h', 'authenticate okta_password then duo every 8h'))
  const warns = async () => (await woapol(['plan', file])).stderr
  assert.doesNotMatch(await warns(), /enroll/)
  const [usual] = edit('GET', '/api/v1/policies?type=MFA_ENROLL')
  const settings = (...keys) => ({ type: 'AUTHENTICATORS', authenticators: keys.map((key) => ({ key, enroll: { self: 'OPTIONAL' } })) })
  edit('PUT', `/api/v1/policies/${usual.id}`, { type: 'MFA_ENROLL', name: usual.name, settings: settings('okta_password', 'okta_verify') }) // not duo, not webauthn
  assert.match(await warns(), /rule 'staff' of Default Policy asks everybody for duo, which no enrollment policy/)
  assert.doesNotMatch(await warns(), /webauthn/, 'there is another way in')
  const other = edit('POST', '/api/v1/policies', { type: 'MFA_ENROLL', name: 'Some', settings: settings('duo'), conditions: { people: { groups: { include: [org.group('Field').id] } } } })
  assert.doesNotMatch(await warns(), /enroll/, 'somebody may')
  edit('POST', `/api/v1/policies/${other.id}/lifecycle/deactivate`)
  assert.match(await warns(), /duo/)
  assert.match(ok(await woapol(['push', file, '--yes']), 0).stderr, /duo, which no enrollment policy/)
}))
