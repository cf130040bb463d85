// Workspace ONE as identity provider, its route, global session policies: the
// family whose rules have no gaps.
import assert from 'node:assert/strict'
import test from 'node:test'
import { base, CERTIFICATE, ORG } from './base.mjs'
import { essence } from './essence.mjs'
import { decide } from './org/decide.mjs'
import { each, ok, session } from './tool.mjs'

const source = (url, idle = '15m') => `
tenant Corp {
  kind = okta
  url = "${url}"
  engine = identity
  directory = active_directory
  device_posture_provider = active
  authenticators = {okta_password, okta_verify}
  workspace_one {
    label = "Workspace ONE Access"
    issuer = "https://t.example/SAAS/API/1.0/GET/metadata/idp.xml"
    sso = "https://t.example/SAAS/auth/federation/sso"
    certificate = "${CERTIFICATE}"
  }
  session Administrators {
    groups = {Admins}
    idle = ${idle}
    lifetime = 8h
    second_factor = yes
  }
  session Everybody {
    groups = {Staff}
    persistent = yes
  }
}
group Admins
group Staff = "All Staff@corp.example"
app Payroll { device_trust = yes }
policy Finance for Payroll { otherwise authenticate okta_password then okta_verify }
`
const keys = (org) => Object.values(org.data.keys)
const idps = (org) => Object.values(org.data.idps)
const upload = { method: 'POST', path: '/api/v1/idps/credentials/keys', body: { x5c: [CERTIFICATE] } }

// A session policy and a route that are somebody else's.
function others(server) {
  const policy = server.edit({ method: 'POST', path: '/api/v1/policies', body: { type: 'OKTA_SIGN_ON', name: 'Guests', conditions: { people: { groups: { include: [server.org.group('Guests').id] } } } } })
  server.edit({ method: 'POST', path: `/api/v1/policies/${policy.id}/rules`, body: { type: 'SIGN_ON', name: 'no', actions: { signon: { access: 'DENY' } } } })
  const routing = server.org.policies.find((one) => one.type === 'IDP_DISCOVERY')
  server.edit({ method: 'POST', path: `/api/v1/policies/${routing.id}/rules`, body: { type: 'IDP_DISCOVERY', name: 'elsewhere', conditions: { userIdentifier: { type: 'IDENTIFIER',
    patterns: [{ matchType: 'SUFFIX', value: '@elsewhere.example' }] } }, actions: { idp: { providers: [{ type: 'OKTA' }] } } } })
}
const phone = { app: 'Payroll', groups: [], user: 'ana@corp.example', platform: { type: 'MOBILE', os: 'IOS' } }

test('provider, key, route and sessions: pushed once, then changed, then taken back', () => session(ORG, async ({ server, org, write, woapol }) => {
  others(server)
  const before = essence(org)
  const file = write('policy.woapol', source(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  ok(await woapol(['plan', file]), 0)
  ok(await woapol(['drift', file]), 0)
  assert.deepEqual([keys(org).length, idps(org).length, idps(org)[0].status], [1, 1, 'ACTIVE'])
  assert.equal(decide(org, phone).routing.providers[0].id, idps(org)[0].id)
  assert.equal(decide(org, { ...phone, platform: { type: 'DESKTOP', os: 'WINDOWS' } }).routing.providers[0].type, 'OKTA')
  assert.equal(decide(org, { ...phone, groups: ['Admins'] }).session.policy, 'Administrators')
  assert.equal(decide(org, { ...phone, groups: ['Guests'] }).session.access, 'DENY', 'a policy of somebody else decides as before')
  const pushed = essence(org)
  const changed = write('changed.woapol', source(server.base, '30m'))
  ok(await woapol(['push', changed, '--yes']), 0)
  assert.notDeepEqual(essence(org), pushed)
  ok(await woapol(['rollback', changed, '--yes']), 0)
  assert.deepEqual(essence(org), pushed)
  ok(await woapol(['plan', file]), 0)
  assert.notDeepEqual(pushed, before)
}))

test('a session policy never goes ahead of a stricter one of somebody else unsaid', async () => {
  const strict = { deny: { access: 'DENY' }, second: { access: 'ALLOW', requireFactor: true, factorPromptMode: 'ALWAYS', primaryFactor: 'PASSWORD_IDP_ANY_FACTOR' },
    password: { access: 'ALLOW', requireFactor: false, primaryFactor: 'PASSWORD_IDP' }, lax: { access: 'ALLOW', requireFactor: false, primaryFactor: 'PASSWORD_IDP_ANY_FACTOR' } }
  const cases = Object.keys(strict).flatMap((asks) => [['', true], ['groups = {Sales}', true], ['groups = {Guests}', false], ['second_factor = yes', asks !== 'second']]
    .map(([attributes, together]) => ({ asks, attributes, status: asks !== 'lax' && together ? 7 : 0 })))
  await each(cases, ({ asks, attributes, status }) => session(ORG, async ({ server, org, write, woapol }) => {
    const theirs = server.edit({ method: 'POST', path: '/api/v1/policies', body: { type: 'OKTA_SIGN_ON', name: 'Sales elsewhere', conditions: { people: { groups: { include: [org.group('Sales@corp.example').id] } } } } })
    server.edit({ method: 'POST', path: `/api/v1/policies/${theirs.id}/rules`, body: { type: 'SIGN_ON', name: 'more', actions: { signon: strict[asks] } } })
    const file = write('policy.woapol', base(server.base).replace('authenticators', `session Everybody {\n    ${attributes}\n    idle = 1h\n  }\n  authenticators`))
    const made = ok(await woapol(['push', file, '--yes']), status, `${asks}, ${attributes}`)
    if (status === 7) {
      assert.match(made.stderr, /session Everybody would go ahead of the org's global session policy 'Sales elsewhere'/)
      assert.deepEqual(server.writes(), [])
    } else ok(await woapol(['plan', file]), 0)
  }))
})

test('a certificate that is there is taken over, also when somebody is quicker', async () => {
  for (const race of [false, true]) await session(ORG, async ({ server, org, write, woapol }) => {
    const file = write('policy.woapol', source(server.base))
    if (race) server.faults.set([{ do: 'edit', method: 'POST', path: '^/api/v1/idps/credentials/keys$', edits: [upload] }])
    else server.edit(upload)
    const made = await woapol(['push', file, '--yes'])
    server.faults.clear()
    if (made.status !== 0) ok(await woapol(['push', file, '--yes']), 0)
    ok(await woapol(['plan', file]), 0)
    assert.deepEqual([keys(org).length, idps(org).length], [1, 1])
    assert.equal(idps(org)[0].protocol.credentials.trust.kid, keys(org)[0].kid)
  })
})
