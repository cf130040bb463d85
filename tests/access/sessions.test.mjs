// woapol against the sandbox's Access tenant: from the first plan to the way back.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { addBadge, ask, ok, world } from './world.mjs'

const J = '/SAAS/jersey/manager/api'
const policy = ({ office = '198.51.100.0/24', more = '', extra = '', profile = '' } = {}) => `
tenant Devices {
  kind = uem
  version = 22.10
  edition = cloud
  access_integration = yes
  hub_ios = 22.6
  hub_android = 22.6
  directory = active_directory
  hub_authentication = access
  enrollment_mode = registered_only
  registration_token = yes
}
tenant Portal {
  kind = access
  edition = cloud
  directory = active_directory
  adapters = {uem_token, password, authenticator_app, password_local, fido2}
  builtin_idp = {uem_token, authenticator_app, password_local, fido2}
  ${profile}
}
network Office = ${office}
network Vpn = 10.8.0.0 .. 10.8.3.255
group Staff = "All Staff@corp.example" { source = active_directory }
group Admins = "Access Administrators@corp.example"
app Salesforce
app Expenses
policy Workforce is default {
  rule enroll when device in enrollment and group in Staff authenticate uem_token then (password or authenticator_app)
  rule office when network in Office + Vpn and group in Staff authenticate password every 8h
  rule away when group in Staff and not network in Office authenticate password then authenticator_app every 4h
${more}  rule admins when group in Admins authenticate password_local every 1h
  otherwise deny "Ask the <service desk> & wait"
}
policy Crm for Salesforce {
  rule staff when network in Office and group in Staff authenticate password then fido2 every 1h
  otherwise deny
}
${extra}`
const client = (id, more = '') => `client Sync {
  tenant = Portal
  id = "${id}"
  access_type = service
  scope = {admin, naaps}
  secret = generated
  refresh_token = yes
${more}}
`
const state = async (w) => (await w.control('GET', '/sandbox/state')).json.access
const calls = (w) => w.door.sent.filter(({ method, path }) => method !== 'GET' && !path.includes('/search') && !path.includes('oauthtoken'))

for (const [name, options, more] of [['any media', {}, {}], ['vendor media alone', { sandbox: ['--media', 'vendor'] }, {}], ['plain JSON alone', { sandbox: ['--media', 'json'] }, {}], ['the newer interface', {}, { profile: 'profile = "acs"' }]])
  test(`plan, push, nothing left to plan, no drift, pulled back: ${name}`, () => world(options, async (w) => {
    const file = w.write('policy.woapol', policy(more))
    assert.match(ok(await w.tenant(['plan', file]), 2, 'plan').stdout, /create range Office/)
    ok(await w.tenant(['push', file, '--yes']), 7, 'push by an unverified profile')
    assert.equal(calls(w).length, 0, 'a plan or a refused push wrote')
    ok(await w.push(file), 0, 'push')
    assert.match(ok(await w.tenant(['plan', file]), 0, 'plan after push').stdout, /nothing to do/)
    ok(await w.tenant(['drift', file]), 0, 'drift after push')
    assert.match(ok(await w.tenant(['pull', file]), 0, 'pull').stderr, /proved/)
    const held = await state(w)
    assert.equal(held.apps.find((app) => app.name === 'Salesforce').accessPolicySetUuid, held.policies.find((set) => set.name === 'Crm').uuid)
    const last = held.policies.find((set) => set.base).accessPolicyRules.at(-1)
    assert.equal(last.errorMessage, 'Ask the &lt;service desk&gt; &amp; wait')
  }))

test('an edit by hand is drift, and the next push takes it back', () => world({}, async (w) => {
  const file = w.write('policy.woapol', policy())
  ok(await w.push(file), 0, 'push')
  const base = (await state(w)).policies.find((set) => set.base)
  const path = `${J}/accessPolicies/${base.uuid}`
  const whole = (await w.api('GET', path)).json
  whole.accessPolicyRules.splice(0, 0, { ...whole.accessPolicyRules.at(-1), name: 'back door', action: 'ALLOW', errorMessage: null })
  delete whole._links
  assert.equal((await w.api('PUT', path, whole)).status, 200)
  const drift = ok(await w.tenant(['drift', file]), 2, 'drift')
  assert.match(drift.stdout, /looser/)
  ok(await w.push(file), 0, 'push again')
  ok(await w.tenant(['drift', file]), 0, 'drift after the second push')
}))

test('what is not the source\'s stays as it is; what was made goes with --prune', () => world({}, async (w) => {
  const range = (await w.api('POST', `${J}/orgnetworks`, { name: 'Theirs', description: 'by hand', ipAddressRanges: [{ from: '192.0.2.0', to: '192.0.2.255' }], defaultNetwork: false })).json
  const set = (await w.api('POST', `${J}/accessPolicies`, { name: 'By hand', description: '', base: false, accessPolicyRules: [] })).json
  ok(await w.push(w.write('policy.woapol', policy())), 0, 'push')
  const less = w.write('less.woapol', policy().replace(/policy Crm[\s\S]*?\n}\n/, '').replace(/app Salesforce\n/, ''))
  ok(await w.push(less, '--prune'), 0, 'push with less')
  const held = await state(w)
  assert.ok(held.ranges.some(({ uuid }) => uuid === range.uuid) && held.policies.some(({ uuid }) => uuid === set.uuid))
  assert.ok(!held.policies.some(({ name }) => name === 'Crm'))
  assert.equal(held.apps.find((app) => app.name === 'Salesforce').accessPolicySetUuid ?? '', '')
  const clash = w.write('clash.woapol', policy().replaceAll('Office', 'Theirs'))
  assert.match(ok(await w.push(clash), 7, 'push over a range that is not ours').stderr, /is not woapol's/)
}))

test('ranges that rules use change without a moment that is neither', () => world({}, async (w) => {
  ok(await w.push(w.write('policy.woapol', policy())), 0, 'push')
  const file = w.write('policy.woapol', policy({ office: '203.0.113.0/24', more: '  rule vpn when network in Vpn deny\n' }))
  ok(await w.push(file), 0, 'push of moved networks')
  assert.ok(!(await state(w)).ranges.some(({ name }) => name.endsWith('(next)')))
  ok(await w.tenant(['plan', file]), 0, 'plan')
}))

test('a key that the profile does not know is not written over', () => world({ sandbox: ['--unknown-keys'] }, async (w) => {
  const file = w.write('policy.woapol', policy())
  const refused = ok(await w.push(file), 7, 'push')
  assert.match(refused.stderr, /a key that the wire profile 'jersey' does not know/)
  assert.equal(calls(w).filter(({ method }) => method === 'PUT').length, 0)
  const key = refused.stderr.match(/does not know: ([^;]+);/)[1].replace(/^.*\]\./, '')
  assert.match(ok(await w.tenant(['pull', file, '--capture', 'learnt.json']), 0, 'pull --capture').stderr, /kept/)
  const learnt = w.write('learnt.woapol', policy({ profile: 'profile = "learnt.json"' }))
  ok(await w.push(learnt), 0, `push by the profile that was learnt, with ${key} kept`)
  ok(await w.tenant(['plan', learnt]), 0, 'plan')
}))

test('a profile with its keys forgotten is learnt again', () => world({}, async (w) => {
  ok(await w.push(w.write('policy.woapol', policy())), 0, 'push')
  const shipped = JSON.parse(readFileSync(new URL('../../stdlib/access_jersey.json', import.meta.url), 'utf8'))
  const lost = structuredClone(shipped)
  Object.assign(lost.range.keys, { pairs: 'addresses' })
  lost.range.pair = { from: 'low', to: 'high' }
  Object.assign(lost.policy.keys, { rules: 'ruleList' })
  Object.assign(lost.rule.keys, { range: 'where', device: 'what', action: 'then', chains: 'how', groups: 'whom', reauth_s: 'again', message: 'text' })
  w.write('lost.json', JSON.stringify(lost))
  const file = w.write('lost.woapol', policy({ profile: 'profile = "lost.json"' }))
  ok(await w.tenant(['plan', file]), 1, 'plan by a profile that does not fit')
  ok(await w.tenant(['pull', file, '--capture', 'learnt.json']), 0, 'pull --capture')
  const learnt = JSON.parse(w.read('learnt.json'))
  for (const path of [['range', 'keys'], ['range', 'pair'], ['policy', 'keys'], ['rule', 'keys']])
    assert.deepEqual(path.reduce((at, key) => at[key], learnt), path.reduce((at, key) => at[key], shipped))
  ok(await w.tenant(['plan', w.write('learnt.woapol', policy({ profile: 'profile = "learnt.json"' }))]), 0, 'plan by what was learnt')
}))

test('OAuth clients: secrets go where they should and nowhere else', () => world({}, async (w) => {
  const file = w.write('policy.woapol', policy({ extra: client('nightly-sync@corp.example') }))
  ok(await w.push(file), 64, 'push without a place for the secret')
  assert.equal(calls(w).length, 0)
  ok(await w.push(file, '--secrets-to', join(w.cwd, 'secrets')), 0, 'push')
  assert.equal(statSync(join(w.cwd, 'secrets')).mode & 0o777, 0o600)
  const secret = w.read('secrets').match(/SECRET=(\S+)/)[1]
  assert.ok(secret.length >= 43)
  ok(await w.tenant(['plan', file]), 0, 'plan after push: NAAPS and OpenID are one')
  ok(await w.tenant(['plan', file, '--credentials', join(w.cwd, 'secrets')], { env: { WOAPOL_ACCESS_CLIENT_SECRET: '' } }), 0, 'plan as the new client')
  const changed = w.write('policy.woapol', policy({ extra: client('nightly-sync@corp.example', '  access_ttl = 30m\n') }))
  ok(await w.push(changed), 0, 'push of a changed lifetime')
  const put = w.door.sent.find(({ method, path }) => method === 'PUT' && path.includes('oauth2clients'))
  assert.equal(put.status, 201, 'PUT answers 201')
  const body = JSON.parse(put.body)
  assert.ok(!('secret' in body) && !('_links' in body) && body.accessTokenTTL === 30)
  ok(await w.tenant(['plan', file, '--credentials', join(w.cwd, 'secrets')], { env: { WOAPOL_ACCESS_CLIENT_SECRET: '' } }), 0, 'the secret is still good')
  const printed = []
  const search = (folder) => readdirSync(folder, { withFileTypes: true }).forEach((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'box' || search(path)
    if (path !== join(w.cwd, 'secrets') && readFileSync(path).includes(secret)) printed.push(path)
  })
  search(w.cwd)
  assert.deepEqual(printed, [], 'the secret is in a file besides the one that was named')
  ok(await w.push(w.write('policy.woapol', policy({ extra: client('second') })), '--secrets-command', 'cat > kept'), 0, 'push with a command')
  assert.match(w.read('kept'), /^WOAPOL_ACCESS_CLIENT_ID=second\nWOAPOL_ACCESS_CLIENT_SECRET=\S{43}\n$/)
}))

test('a create whose answer is lost is not made twice; a duplicate is 500', () => world({}, async (w) => {
  const file = w.write('policy.woapol', policy({ extra: client('sync') }))
  let lost = 0
  w.door.fault = ({ method, path }, { forward, response }) => method === 'POST' && /orgnetworks|accessPolicies|oauth2clients/.test(path) && (lost++, forward(() => response.destroy()), true)
  ok(await w.push(file, '--secrets-to', join(w.cwd, 'secrets')), 0, 'push over lost answers')
  assert.ok(lost >= 4, `${lost} answers were lost`)
  w.door.fault = null
  const held = await state(w)
  for (const list of [held.ranges, held.policies]) assert.equal(new Set(list.map(({ name }) => name)).size, list.length, 'something is there twice')
  assert.equal(w.door.sent.filter(({ method, path }) => method === 'POST' && path.includes('oauth2clients')).length, 1)
  const again = await w.api('POST', `${J}/oauth2clients`, { clientId: 'sync', scope: 'admin', authGrantTypes: 'client_credentials' })
  assert.equal(again.status, 500)
  assert.equal((await ask(`${w.env.WOAPOL_SANDBOX_ACCESS}/SAAS/auth/oauthtoken`, { ca: w.ca, method: 'POST', text: '' })).status, 500, 'a missing grant is 500')
  ok(await w.tenant(['plan', file]), 0, 'plan')
}))

test('a connection cut at any call of a push: resumed, it is as planned', () => world({}, async (w) => {
  for (let at = 0; ; at++) {
    assert.equal((await w.control('POST', '/sandbox/reset', {})).status, 204)
    w.token = null
    const file = w.write('policy.woapol', policy())
    let writes = 0, down = false
    w.door.fault = ({ method, path }, { forward, response }) => {
      const write = method !== 'GET' && !path.includes('/search') && !path.includes('oauthtoken')
      if (write && writes++ === at) down = true
      if (!down) return false
      if (write && at % 2) forward(() => response.destroy())
      else response.destroy()
      return true
    }
    const made = await w.tenant(['push', file, '--yes', '--accept-unverified'], { env: { WOAPOL_PATIENCE: '1' } })
    w.door.fault = null
    if (made.status === 0) { assert.ok(at > 2); break }
    const resumed = await w.tenant(['push', '--resume', file, '--yes', '--accept-unverified'])
    if (resumed.status !== 0) ok(await w.push(file), 0, `push anew after a cut at call ${at}: ${resumed.stderr}`)
    ok(await w.tenant(['plan', file]), 0, `plan after a cut at call ${at}`)
    const held = await state(w)
    for (const list of [held.ranges, held.policies]) assert.equal(new Set(list.map(({ name }) => name)).size, list.length, `something is there twice after a cut at call ${at}`)
  }
}))

test('a push is taken back', () => world({}, async (w) => {
  const before = await state(w)
  ok(await w.push(w.write('policy.woapol', policy())), 0, 'push')
  ok(await w.tenant(['rollback', join(w.cwd, 'policy.woapol'), '--yes']), 0, 'rollback')
  const after = await state(w)
  assert.deepEqual(after.policies, before.policies)
  assert.deepEqual(after.ranges, before.ranges)
}))

test('guide U: what is not enabled is a step of the runbook, and refused until then', () => world({}, async (w) => {
  const file = w.write('policy.woapol', policy())
  const path = `${J}/amms/authmethods/00000000-0000-0000-0000-000000000026`
  assert.equal((await w.api('PUT', path, { enabled: false })).status, 200)
  const refused = ok(await w.push(file), 7, 'push')
  assert.match(refused.stderr, /'UEM Token' is not enabled.*\[U6\]/)
  assert.equal(calls(w).length, 0)
  const steps = () => w.tenant(['plan', file, '--runbook']).then(({ stdout }) => stdout.split('\n').filter((line) => /^- \[.\].*uem_token among them/.test(line)).map((line) => line.slice(2, 5)))
  assert.deepEqual(await steps(), ['[ ]', '[x]'], 'the adapter is off, the provider offers it')
  assert.equal((await w.api('PUT', path, { enabled: true })).status, 200)
  const idp = (await w.api('GET', `${J}/identityProviders`)).json.items.find(({ name }) => name === 'Built-in')
  const whole = (await w.api('GET', `${J}/identityProviders/${idp.id}`)).json
  assert.equal((await w.api('PUT', `${J}/identityProviders/${idp.id}`, { ...whole, authMethods: whole.authMethods.filter(({ authMethodName }) => authMethodName !== 'UEM Token') })).status, 200)
  assert.match(ok(await w.push(file), 7, 'push while no provider offers it').stderr, /no identity provider of the tenant offers the method 'UEM Token'.*\[U7\]/)
  assert.equal(calls(w).length, 0)
  assert.deepEqual(await steps(), ['[x]', '[ ]'], 'the adapter is on, no provider offers it')
  assert.equal((await w.api('PUT', `${J}/identityProviders/${idp.id}`, whole)).status, 200)
  ok(await w.push(file), 0, 'push once it is enabled and offered')
  assert.ok(!(await w.tenant(['plan', file, '--runbook'])).stdout.includes('- [ ]'), 'every step is done')
}))

test('names with control characters in them cannot be said', () => world({}, async (w) => {
  ok(await w.push(w.write('policy.woapol', policy())), 0, 'push')
  const base = (await state(w)).policies.find((set) => set.base), path = `${J}/accessPolicies/${base.uuid}`
  const change = async (edit) => {
    const whole = (await w.api('GET', path)).json
    delete whole._links
    edit(whole.accessPolicyRules)
    assert.equal((await w.api('PUT', path, whole)).status, 200)
  }
  await change((rules) => { rules.at(-1).errorMessage = 'Ask the\nservice desk' })
  ok(await w.tenant(['pull', w.write('plain.woapol', policy()), '--out', 'pulled']), 0, 'pull')
  assert.match(w.read('pulled'), /"Ask the service desk"/)
  const bad = (await w.api('POST', `${J}/scim/Groups`, { schemas: ['urn:scim:schemas:core:1.0'], displayName: 'Odd\u001bgroup' })).json
  await change((rules) => { rules[0].groups = [bad.id] })
  const pulled = ok(await w.tenant(['pull', join(w.cwd, 'plain.woapol')]), 1, 'pull of an odd name')
  assert.match(pulled.stderr, /'Odd\?group' cannot be said: control characters/)
  assert.ok(!pulled.stdout.includes('\u001b') && !pulled.stderr.includes('\u001b'))
}))

test('random policies: pushed, the tenant decides as eval says', { timeout: 1200000 }, () => world({}, async (w) => {
  await addBadge(w)
  const folder = process.env.POLICIES
  const seeds = readdirSync(folder).filter((name) => name.startsWith('policy-')).map((name) => name.slice(7, -7))
  assert.ok(seeds.length > 0)
  for (const seed of seeds) {
    const file = join(folder, `policy-${seed}.woapol`)
    ok(await w.push(file, '--prune'), 0, `push of ${file}`)
    ok(await w.tenant(['plan', file]), 0, `plan of ${file}`)
    const asked = readFileSync(join(folder, `asked-${seed}.jsonl`), 'utf8')
    const decided = ok(await w.woapol(['eval', file], { input: asked }), 0, 'eval').stdout.trim().split('\n').map(JSON.parse)
    const orders = readFileSync(join(folder, `ordered-${seed}.jsonl`), 'utf8').trim().split('\n')
    for (const [i, order] of orders.entries()) {
      const made = (await w.control('POST', '/sandbox/signin', JSON.parse(order))).json
      const { effect, reauth_s: reauth, message } = decided[i]
      const html = message?.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') ?? null
      assert.deepEqual({ effect: made.effect, reauth: made.reauth_s ?? null, message: made.message ?? null }, { effect, reauth: reauth ?? null, message: html }, `${file}: ${order}: ${asked.split('\n')[i]}\n${JSON.stringify(made)}\n${JSON.stringify(decided[i])}`)
      const ways = (chain) => chain?.reduce((sum, steps) => sum + steps.reduce((product, step) => product * step.length, 1), 0) ?? 0
      assert.equal(ways(made.chain), ways(decided[i].chain), `${file}: ${order}`)
    }
  }
}))
