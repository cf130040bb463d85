// Sessions with the tool against an org: plan, push, pull, prove, drift, rollback.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { base, ORG, strangers } from './base.mjs'
import { essence } from './essence.mjs'
import { decide } from './org/decide.mjs'
import { ok, session } from './tool.mjs'

const theirs = (org) => JSON.stringify([org.policies.filter((one) => one.name === 'Theirs'), Object.values(org.data.zones).filter((one) => one.name === 'Their office'), org.app('Crm').policy,
  Object.values(org.data.groups), Object.values(org.data.users)])
const finance = (org) => org.policies.find((one) => one.name === 'Finance')
const ruleOf = (policy, name) => policy.rules.find((one) => one.name === name)
// A rule as the console would send it: all of it, changed.
const rewrite = (server, policy, rule, change) => {
  const { name, type, priority, conditions, actions } = structuredClone(rule)
  const body = { name, type, priority, conditions, actions }
  change(body)
  server.edit({ method: 'PUT', path: `/api/v1/policies/${policy.id}/rules/${rule.id}`, body })
}
const pushed = (use) => session(ORG, async (context) => {
  const file = context.write('policy.woapol', base(context.server.base))
  ok(await context.woapol(['push', file, '--yes']), 0)
  context.org.advance(61)
  context.server.forget()
  await use({ ...context, file })
})

test('plan, push; then the plan is empty, and nothing foreign was touched', () => session(ORG, async ({ server, org, write, woapol }) => {
  const { policy } = strangers(server)
  const before = theirs(org)
  const file = write('policy.woapol', base(server.base))
  const first = ok(await woapol(['plan', file]), 2)
  assert.match(first.stdout, /Finance/)
  assert.deepEqual(server.writes(), [], 'plan writes nothing')
  ok(await woapol(['push', file, '--yes']), 0)
  const again = ok(await woapol(['plan', file]), 0)
  assert.equal(theirs(org), before)
  assert.equal(org.app('Crm').policy, policy.id)
  assert.equal(finance(org).id, org.app('Payroll').policy)
  assert.equal(finance(org).rules.find((one) => one.system).actions.appSignOn.access, 'DENY', 'the catch-all rule denies')
  server.forget()
  ok(await woapol(['push', file, '--yes']), 0)
  assert.deepEqual(server.writes(), [], `a second push writes nothing: ${again.stdout}`)
}))

test('a policy is built beside and swapped in: no state on the way is looser than both ends', () => session(ORG, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  org.advance(61)
  const changed = write('changed.woapol', base(server.base, { office: '198.51.100.0/25', finance: '  rule contractors when group in Guests and network in Office deny\n' }))
  const askAll = () => ['198.51.100.7', '198.51.100.200', '10.8.0.5', '203.0.113.1'].flatMap((ip) => [['Guests'], ['All Staff@corp.example'], ['Sales@corp.example'], ['Guests', 'All Staff@corp.example']].flatMap((groups) =>
    ['Payroll', 'Wiki'].map((app) => decide(org, { app, groups, chain: [ip], risk: 'LOW', platform: { type: 'MOBILE', os: 'IOS' }, device: { registered: true, managed: true } }).access === 'ALLOW')))
  const before = askAll()
  const seen = []
  const answer = server.answer.bind(server)
  server.answer = (context) => { const result = answer(context); org.advance(61); seen.push({ what: `${context.request.method} ${context.url.pathname}`, all: askAll() }); return result }
  ok(await woapol(['push', changed, '--yes']), 0)
  server.answer = answer
  const after = askAll()
  assert.notDeepEqual(before, after)
  for (const { what, all } of seen) all.forEach((allowed, i) => assert.ok(!allowed || before[i] || after[i], `after ${what} sign-in ${i} is let in, which neither end does`))
}))

test('what is pulled is a source, and proves equal to what was pushed', () => pushed(async ({ file, cwd, woapol }) => {
  ok(await woapol(['pull', file, '--out', 'pulled.woapol']), 0)
  ok(await woapol(['check', 'pulled.woapol']), 0)
  const text = readFileSync(`${cwd}/pulled.woapol`, 'utf8')
  assert.match(text, /Finance/)
  ok(await woapol(['prove', file, '--target', 'okta']), 0)
}))

test('drift: looser, stricter, cosmetic, a foreign rule; it writes nothing', () => pushed(async ({ server, org, file, woapol }) => {
  ok(await woapol(['drift', file]), 0)
  const clean = org.snapshot()
  const edits = [
    ['looser', () => rewrite(server, finance(org), ruleOf(finance(org), 'trusted'), (rule) => { delete rule.conditions.device })],
    ['stricter', () => rewrite(server, finance(org), ruleOf(finance(org), 'staff'), (rule) => { rule.actions = { appSignOn: { access: 'DENY' } } })],
    ['cosmetic', () => server.edit({ method: 'PUT', path: `/api/v1/policies/${finance(org).id}`, body: { type: 'ACCESS_POLICY', name: 'Finance', description: 'Something else [woapol]' } })],
    ['looser', () => server.edit({ method: 'POST', path: `/api/v1/policies/${finance(org).id}/rules`, body: { type: 'ACCESS_POLICY', name: 'by hand', priority: 0,
      actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '1FA' } } } } })],
  ]
  for (const [word, edit] of edits) {
    org.restore(clean)
    edit()
    const found = ok(await woapol(['drift', file]), 2)
    assert.match(found.stdout.toLowerCase(), new RegExp(word), `${word}: ${found.stdout}`)
    const json = ok(await woapol(['drift', file, '--format', 'json']), 2)
    JSON.parse(json.stdout)
    assert.ok(server.requests.every((one) => one.method === 'GET'), 'drift cannot write')
    ok(await woapol(['push', file, '--yes']), 0)
    ok(await woapol(['plan', file]), 0)
    server.forget()
  }
}))

test('drift of many objects: each has its own verdict, and chains are told in words', () => session(ORG, async ({ server, org, write, woapol }) => {
  const kinds = ['Guests', 'Sales', 'Staff'].flatMap((group) => ['android', 'macos', 'windows', 'linux', 'chromeos'].flatMap((device) => ['low', 'high'].map((risk) => `group in ${group} and device in ${device} and risk is ${risk}`)))
  const many = kinds.map((when, i) => `  rule many${i} when ${when} and network in Vpn ${i % 2 ? 'deny' : 'authenticate okta_password then okta_verify every 2h'}\n`).join('')
  const file = write('policy.woapol', base(server.base, { finance: many }))
  ok(await woapol(['push', file, '--yes']), 0)
  org.advance(61)
  kinds.forEach((_, i) => rewrite(server, finance(org), ruleOf(finance(org), `many${i}`), (rule) => {
    if (i === 0) delete rule.actions.appSignOn.verificationMethod.chains[0].next
    else if (i === 1) rule.actions.appSignOn.access = 'DENY', rule.conditions.network = { connection: 'ANYWHERE' }
    else if (i % 2) rule.actions = { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'AUTH_METHOD_CHAIN', chains: [{ authenticationMethods: [{ key: 'webauthn', method: 'webauthn' }] }] } } }
    else rule.actions = { appSignOn: { access: 'DENY' } }
  }))
  const found = ok(await woapol(['drift', file]), 2)
  const verdict = (i) => new RegExp(`^(\\w+): rule many${i} of Finance$`, 'm').exec(found.stdout)?.[1]
  // Guests whose risk is high are let in from nowhere else.
  kinds.forEach((when, i) => assert.equal(verdict(i), i === 0 ? 'looser' : i === 1 ? 'stricter' : i % 2 ? 'looser' : 'stricter', `many${i}, ${when}`))
  assert.match(found.stdout, /chains: okta_password then okta_verify push or signed_nonce or totp -> okta_password$/m)
}))

test('rollback brings back what was there', () => session(ORG, async ({ server, org, write, woapol }) => {
  strangers(server)
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  org.advance(61)
  const before = essence(org)
  const changed = write('changed.woapol', base(server.base, { office: '203.0.113.0/24', staff: '  rule sales when group in Sales authenticate Strong\n' }))
  ok(await woapol(['push', changed, '--yes']), 0)
  assert.notDeepEqual(essence(org), before)
  ok(await woapol(['rollback', changed, '--yes']), 0)
  assert.deepEqual(essence(org), before)
  ok(await woapol(['plan', file]), 0)
}))

test('a plan that was saved is refused when the org has changed, and done when not', () => session(ORG, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['plan', file, '--out', 'plan.json']), 2)
  const start = org.snapshot()
  strangers(server)
  const held = JSON.stringify(essence(org))
  const refused = ok(await woapol(['push', file, '--plan', 'plan.json', '--yes']), 7)
  assert.match(refused.stderr, /plan/)
  assert.equal(JSON.stringify(essence(org)), held)
  org.restore(start)
  ok(await woapol(['push', file, '--plan', 'plan.json', '--yes']), 0)
  ok(await woapol(['plan', file]), 0)
}))

const CLASSIC = (url) => `
tenant Corp {
  kind = okta
  url = "${url}"
  engine = classic
  directory = active_directory
  authenticators = {okta_password, okta_verify}
}
network Office = 198.51.100.0/24
group Staff = "All Staff@corp.example"
group Guests
group Admins
app Payroll
policy Workforce is default {
  rule admins when group in Admins authenticate okta_password every 1h
  otherwise deny
}
policy Finance for Payroll {
  rule guests when group in Guests and not network in Office deny
  rule staff when group in Staff authenticate okta_password every 8h
  otherwise deny
}
`
const OTHERWISE = { name: 'otherwise', access: 'DENY' }
const BY_HAND = { apps: {
  Payroll: { rules: [{ name: 'guests', groups: ['Guests'], not_in_zones: ['Office'], access: 'DENY' },
    { name: 'staff', groups: ['All Staff@corp.example'], access: 'ALLOW', factor: false, reauthenticate_minutes: 480 }, OTHERWISE] },
  'every other app': { rules: [{ name: 'admins', groups: ['Admins'], access: 'ALLOW', factor: false, reauthenticate_minutes: 60 }, OTHERWISE] } } }

test('a classic org: calls for what has an interface, steps by hand for the rest, and an export proves them', () => session({ ...ORG, pipeline: 'v1' }, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', CLASSIC(server.base))
  const said = ok(await woapol(['plan', file, '--runbook']), 2)
  assert.match(said.stdout, /- \[ \] .*Payroll.*'staff'/)
  assert.match(ok(await woapol(['plan', file, '--runbook', '--format', 'html']), 2).stdout, /checkbox/)
  assert.deepEqual(server.writes(), [])
  ok(await woapol(['push', file, '--yes']), 0)
  assert.ok(Object.values(org.data.zones).some((one) => one.name === 'Office'))
  assert.ok(server.writes().every(({ path }) => path.startsWith('/api/v1/zones')))
  ok(await woapol(['plan', file]), 0)
  ok(await woapol(['verify', file, '--export', write('done.json', JSON.stringify(BY_HAND))]), 0)
  for (const spoil of [(one) => { one.apps.Payroll.rules.shift() }, (one) => { one.apps.Payroll.rules.reverse() }, (one) => { one.apps.Payroll.rules[1].platforms = ['iOS'] },
    (one) => { one.apps['every other app'].rules[1].access = 'ALLOW' }, (one) => { delete one.apps.Payroll }]) {
    const other = structuredClone(BY_HAND)
    spoil(other)
    ok(await woapol(['verify', file, '--export', write('open.json', JSON.stringify(other))]), 2, JSON.stringify(other))
  }
}))

test('a rule or a zone that was switched off by hand is switched on again, and off by a rollback', () => pushed(async ({ server, org, file, woapol }) => {
  const zone = Object.values(org.data.zones).find((one) => one.name === 'Office')
  for (const path of [`/api/v1/policies/${finance(org).id}/rules/${ruleOf(finance(org), 'risky').id}/lifecycle/deactivate`, `/api/v1/zones/${zone.id}/lifecycle/deactivate`]) {
    server.edit({ method: 'POST', path })
    const off = essence(org)
    ok(await woapol(['drift', file]), 2, path)
    ok(await woapol(['push', file, '--yes']), 0, path)
    ok(await woapol(['plan', file]), 0, path)
    ok(await woapol(['rollback', file, '--yes']), 0, path)
    assert.deepEqual(essence(org), off, path)
    ok(await woapol(['push', file, '--yes']), 0, path)
    assert.ok(finance(org).rules.every((rule) => rule.status === 'ACTIVE'))
  }
}))
