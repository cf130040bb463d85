// The fake org against the facts that it was written from.
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { decide, inside } from './org/decide.mjs'
import { Org } from './org/org.mjs'
import { dense, sparse } from './org/priorities.mjs'
import { startOrg } from './org/server.mjs'

const places = (rules) => Object.fromEntries(rules.map(({ id, priority }) => [id, priority]))
const rules = (entries) => Object.entries(entries).map(([id, priority]) => ({ id, priority, system: id === 'system' }))
function placed(model, start, id, asked) {
  const list = rules(start)
  let rule = list.find((one) => one.id === id)
  if (!rule) rule = { id }
  model.place(list, rule, asked)
  return places(list.includes(rule) ? list : [...list, rule])
}
const policyBody = (name) => ({ type: 'ACCESS_POLICY', name })
const allow = (more = {}) => ({ appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '2FA', ...more } } })
const rule = (name, more = {}) => ({ type: 'ACCESS_POLICY', name, actions: allow(), ...more })

async function withOrg(config, use) {
  const server = await startOrg({ groups: ['Staff'], apps: ['Payroll', 'Mail'], users: [{ login: 'ana@corp.example', groups: ['Staff'], admin: true }], ...config })
  const call = async (method, path, body, headers = {}) => {
    const answer = await fetch(server.base + path, { method, redirect: 'manual', headers: { authorization: 'SSWS test-token', 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined }
  }
  try { await use({ server, org: server.org, call }) } finally { await server.close() }
}

test('priorities without gaps: shifted, clamped, closed', () => {
  const table = [
    [{ system: 1 }, 'new', 999, { system: 2, new: 1 }],
    [{ a: 1, b: 2, system: 3 }, 'new', 1, { a: 2, b: 3, system: 4, new: 1 }],
    [{ a: 1, b: 2, system: 3 }, 'new', undefined, { a: 1, b: 2, system: 4, new: 3 }],
    [{ a: 1, b: 2, c: 3 }, 'a', 3, { a: 3, b: 1, c: 2 }],
    [{ a: 1, b: 2, c: 3 }, 'c', 0, { a: 2, b: 3, c: 1 }],
    [{ a: 1, b: 2 }, 'a', 1, { a: 1, b: 2 }],
  ]
  for (const [start, id, asked, wanted] of table) assert.deepEqual(placed(dense, start, id, asked), wanted)
  const list = rules({ b: 2, c: 3, system: 4 })
  dense.removed(list)
  assert.deepEqual(places(list), { b: 1, c: 2, system: 3 })
})

test('priorities with gaps: cascades to the first gap, the own slot counts', () => {
  const table = [
    [{}, 'new', undefined, { new: 0 }],
    [{ a: 0, b: 4, system: 99 }, 'new', undefined, { a: 0, b: 4, system: 99, new: 5 }],
    [{ a: 0, b: 1, c: 3, system: 99 }, 'new', 0, { a: 1, b: 2, c: 3, system: 99, new: 0 }],
    [{ a: 0, b: 1, c: 2, d: 9 }, 'a', 0, { a: 0, b: 2, c: 3, d: 9 }],
    [{ a: 0, b: 1, c: 3 }, 'a', 0, { a: 0, b: 2, c: 3 }],
    [{ a: 0, b: 1, c: 2 }, 'c', 0, { a: 1, b: 2, c: 0 }],
    [{ a: 0, b: 1 }, 'a', 50, { a: 50, b: 1 }],
    [{ a: 8 }, 'a', undefined, { a: 9 }],
  ]
  for (const [start, id, asked, wanted] of table) assert.deepEqual(placed(sparse, start, id, asked), wanted)
  // One ascending pass brings any order about.
  const list = rules({ a: 0, b: 1, c: 2, d: 3, e: 7, system: 99 })
  for (const [place, id] of ['d', 'a', 'e', 'c', 'b'].entries()) sparse.place(list, list.find((one) => one.id === id), place)
  assert.deepEqual(places(list), { d: 0, a: 1, e: 2, c: 3, b: 4, system: 99 })
})

test('who is inside a zone: the table of gateways and proxies', () => {
  const a = '1.1.1.1', b = '2.2.2.2', c = '3.3.3.3'
  const table = [[[a], [a], [], true], [[a], [a], [b], true], [[a], [], [], false], [[a], [], [a], false], [[a, b], [b], [], true], [[a, b], [b], [c], true],
    [[a, b], [a], [b], true], [[a, b], [], [], false], [[a, b], [], [a], false], [[a, b], [], [b], false], [[a, b], [b], [a], true]]
  const points = (list) => list.map((value) => ({ type: 'CIDR', value: `${value}/32` }))
  for (const [chain, gateways, proxies, wanted] of table) assert.equal(inside({ gateways: points(gateways), proxies: points(proxies) }, chain), wanted, `${chain} ${gateways} ${proxies}`)
  assert.equal(inside({ gateways: points([a]), proxies: points([b]) }, [a, b, b, b, b, b]), false)
})

test('a new access policy lets everybody in; its last rule stays, and may deny', () => withOrg({}, async ({ call }) => {
  const { body: { id } } = await call('POST', '/api/v1/policies', policyBody('Finance'))
  const { body: [last] } = await call('GET', `/api/v1/policies/${id}/rules`)
  assert.deepEqual([last.system, last.priority, last.conditions, last.actions.appSignOn.access], [true, 99, null, 'ALLOW'])
  assert.equal((await call('DELETE', `/api/v1/policies/${id}/rules/${last.id}`)).status, 400)
  const { body } = await call('PUT', `/api/v1/policies/${id}/rules/${last.id}`, { ...rule(last.name), priority: 3, actions: { appSignOn: { access: 'DENY' } } })
  assert.deepEqual([body.actions.appSignOn.access, body.priority], ['DENY', 99])
  assert.equal((await call('POST', '/api/v1/policies', { ...policyBody('x'), conditions: { people: {} } })).status, 400)
  assert.equal((await call('POST', `/api/v1/policies/${id}/lifecycle/deactivate`, {})).status, 400)
}))

test('unknown keys vanish, gaps are filled in', () => withOrg({}, async ({ call }) => {
  const { body: { id } } = await call('POST', '/api/v1/policies', policyBody('Finance'))
  const made = await call('POST', `/api/v1/policies/${id}/rules`, rule('one', { colour: 'red', conditions: { platform: {} }, actions: allow({ constraints: [{ posession: { deviceBound: 'REQUIRED' } }] }) }))
  assert.equal(made.status, 200)
  assert.deepEqual(made.body.actions.appSignOn.verificationMethod, { type: 'ASSURANCE', factorMode: '2FA', reauthenticateIn: 'PT12H', constraints: [{}] })
  assert.deepEqual(made.body.conditions, { people: { users: { exclude: [] } }, userType: { include: [], exclude: [] }, riskScore: { level: 'ANY' } })
  assert.deepEqual([made.body.colour, made.body.priority, made.body.actions.appSignOn.keepMeSignedIn.postAuth], [undefined, 0, 'NOT_ALLOWED'])
  const chain = { type: 'AUTH_METHOD_CHAIN', factorMode: '2FA', inactivityPeriod: 'PT1H', chains: [{ authenticationMethods: [{ key: 'okta_password', method: 'password' }] }] }
  const { body } = await call('POST', `/api/v1/policies/${id}/rules`, rule('two', { actions: { appSignOn: { access: 'ALLOW', verificationMethod: chain } } }))
  assert.deepEqual(Object.keys(body.actions.appSignOn.verificationMethod).sort(), ['chains', 'reauthenticateIn', 'type'])
}))

test('refusals say what they are', () => withOrg({ riskScoring: false, absent: ['duo'] }, async ({ server, call }) => {
  const { body: { id } } = await call('POST', '/api/v1/policies', policyBody('Finance'))
  const path = `/api/v1/policies/${id}/rules`
  const zone = Object.keys(server.org.data.zones)[0]
  const step = (key, method, next) => ({ authenticationMethods: [{ key, method }], ...(next ? { next: [next] } : {}) })
  const chained = (...chains) => ({ actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'AUTH_METHOD_CHAIN', chains } } } })
  const push = (next) => step('okta_verify', 'push', next)
  for (const bad of [{ conditions: { network: { connection: 'ZONE', include: [zone], exclude: [zone] } } }, { conditions: { network: { connection: 'ZONE' } } },
    { conditions: { device: { managed: true } } }, { conditions: { riskScore: { level: 'ANY' } } }, { conditions: { userType: { include: [] } } },
    { conditions: { platform: { include: [{ type: 'DESKTOP', os: { type: 'OSX' } }] } } }, { conditions: { people: { groups: { include: ['none'] } } } },
    chained(push(push(push(push())))), chained(push(), push(), push(), push(), push(), push()), chained(step('duo', 'duo')), chained(step('okta_verify', 'sms')),
    { actions: allow({ reauthenticateIn: '2 hours' }) }, { actions: { appSignOn: { access: 'ALLOW' } } }]) {
    const { status, body } = await call('POST', path, rule('bad', bad))
    assert.deepEqual([status, body.errorCode], [400, 'E0000001'], JSON.stringify(bad))
    assert.ok(body.errorCauses.length && body.errorId)
  }
  assert.equal((await call('POST', path, rule('fine', chained(push(push(push())))))).status, 200)
  assert.equal((await call('POST', path, rule('bad', { name: 7 }))).body.errorCode, 'E0000003')
  assert.deepEqual([(await call('GET', '/api/v1/policies/none')).body.errorCode, (await call('PATCH', path)).body.errorCode], ['E0000007', 'E0000022'])
  assert.equal((await call('GET', '/api/v1/zones', undefined, { authorization: 'SSWS wrong' })).body.errorCode, 'E0000011')
  assert.equal((await call('POST', `/api/v1/policies/${id}/mappings`, {})).status, 400)
}))

test('zones: normalised, deactivated before they go, taken out of rules', () => withOrg({}, async ({ server, call }) => {
  const ip = (name, ...values) => ({ type: 'IP', name, status: 'INACTIVE', gateways: values.map((value) => ({ type: value.includes('/') ? 'CIDR' : 'RANGE', value })) })
  const { body: office } = await call('POST', '/api/v1/zones', ip('Office', '203.0.113.9', '198.51.100.7/24'))
  assert.deepEqual([office.status, office.proxies, ...office.gateways.map(({ value }) => value)], ['ACTIVE', null, '203.0.113.9-203.0.113.9', '198.51.100.7/24'])
  assert.equal((await call('POST', '/api/v1/zones', ip('Office', '192.0.2.0/24'))).status, 400)
  assert.equal((await call('POST', '/api/v1/zones', ip('Big', ...Array(151).fill('192.0.2.0/24')))).status, 400)
  assert.equal((await call('POST', '/api/v1/zones', ip('Odd', '192.0.2.0/33'))).body.errorCauses[0].errorSummary, 'gateways: The IP: 192.0.2.0/33 is invalid.')
  const { body: vpn } = await call('POST', '/api/v1/zones', ip('Vpn', '192.0.2.0/24'))
  const { body: { id } } = await call('POST', '/api/v1/policies', policyBody('Finance'))
  const network = (...include) => ({ conditions: { network: { connection: 'ZONE', include } } })
  const { body: both } = await call('POST', `/api/v1/policies/${id}/rules`, rule('both', network(office.id, vpn.id)))
  assert.equal((await call('DELETE', `/api/v1/zones/${office.id}`)).status, 400)
  await call('POST', `/api/v1/zones/${office.id}/lifecycle/deactivate`, {})
  assert.equal(server.org.log.at(-1).eventType, 'policy.rule.invalidate')
  assert.equal((await call('GET', `/api/v1/policies/${id}/rules/${both.id}`)).body.status, 'INACTIVE')
  assert.equal((await call('DELETE', `/api/v1/zones/${office.id}`)).status, 204)
  assert.deepEqual((await call('GET', `/api/v1/policies/${id}/rules/${both.id}`)).body.conditions.network.include, [vpn.id])
  await call('POST', `/api/v1/zones/${vpn.id}/lifecycle/deactivate`, {})
  assert.equal((await call('DELETE', `/api/v1/zones/${vpn.id}`)).status, 400)
}))

test('a change of a zone takes a minute', () => withOrg({}, async ({ org, call }) => {
  const { body: zone } = await call('POST', '/api/v1/zones', { type: 'IP', name: 'Office', gateways: [{ type: 'CIDR', value: '198.51.100.0/24' }] })
  const { body: { id } } = await call('POST', '/api/v1/policies', policyBody('Finance'))
  await call('POST', `/api/v1/policies/${id}/rules`, rule('away', { conditions: { network: { connection: 'ZONE', exclude: [zone.id] } }, actions: { appSignOn: { access: 'DENY' } } }))
  assert.equal((await call('PUT', `/api/v1/apps/${org.app('Payroll').id}/policies/${id}`)).status, 204)
  const signIn = { app: 'Payroll', chain: ['198.51.100.9'], groups: ['Staff'] }
  assert.equal(decide(org, signIn).rule, 'away')
  org.advance(61)
  assert.deepEqual([decide(org, signIn).system, decide(org, signIn).access, decide(org, { ...signIn, chain: ['203.0.113.1'] }).access], [true, 'ALLOW', 'DENY'])
}))

test('apps have one policy; the console-like mapping lists them', () => withOrg({}, async ({ org, call }) => {
  const { body: policy } = await call('POST', '/api/v1/policies', policyBody('Finance'))
  const app = org.app('Mail')
  assert.equal((await call('PUT', `/api/v1/apps/${app.id}/policies/${policy.id}`)).status, 204)
  assert.ok((await call('GET', `/api/v1/apps/${app.id}`)).body._links.accessPolicy.href.endsWith(policy.id))
  const { body: [mapping] } = await call('GET', `/api/v1/policies/${policy.id}/mappings`)
  assert.ok(mapping._links.application.href.endsWith(app.id))
  assert.equal((await call('DELETE', `/api/v1/policies/${policy.id}`)).status, 403)
  const account = org.policies.find((one) => one.resource === 'END_USER_ACCOUNT_MANAGEMENT')
  assert.equal((await call('PUT', `/api/v1/apps/${app.id}/policies/${account.id}`)).status, 400)
}))

test('a certificate that is there is a conflict which names its kid', () => withOrg({}, async ({ call }) => {
  const pem = (...kind) => execFileSync('openssl', ['req', '-x509', '-newkey', ...kind, '-nodes', '-subj', '/CN=x', '-days', '9', '-keyout', '/dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
  const x5c = (text) => ({ x5c: [text.replace(/-----.*?-----/g, '').trim()] })
  const rsa = x5c(pem('rsa:2048'))
  const { body: { kid } } = await call('POST', '/api/v1/idps/credentials/keys', rsa)
  const again = await call('POST', '/api/v1/idps/credentials/keys', rsa)
  assert.deepEqual([again.status, again.body.errorCode, again.body.errorSummary.includes(kid)], [409, 'E0000096', true])
  assert.equal((await call('POST', '/api/v1/idps/credentials/keys', x5c(pem('ec', '-pkeyopt', 'ec_paramgen_curve:P-256')))).status, 400)
}))

test('limits: by the minute, and too many at once; lists in pages', () => withOrg({ rate: { limits: { zones: 2 } }, pageMost: 2, groups: ['Staff', 'a', 'b'] }, async ({ server, call }) => {
  const answers = [await call('GET', '/api/v1/zones'), await call('GET', '/api/v1/zones'), await call('GET', '/api/v1/zones')]
  assert.deepEqual(answers.map(({ status, headers }) => [status, headers.get('x-rate-limit-remaining')]), [[200, '1'], [200, '0'], [429, '0']])
  assert.ok(Number(answers[2].headers.get('x-rate-limit-reset')) > server.org.now() / 1000)
  server.org.advance(61)
  assert.equal((await call('GET', '/api/v1/zones')).status, 200)
  server.faults.set([{ do: '429-concurrency' }])
  const crowded = await call('GET', '/api/v1/groups')
  assert.deepEqual([crowded.status, crowded.headers.get('x-rate-limit-limit'), crowded.body.errorCode], [429, '0', 'E0000047'])
  const names = []
  for (let path = '/api/v1/groups?limit=200'; path;) {
    const { body, headers } = await call('GET', path)
    names.push(...body.map((one) => one.profile.name))
    path = /<[^>]*?(\/api[^>]*)>; rel="next"/.exec(headers.get('link'))?.[1]
  }
  assert.deepEqual(names, ['Everyone', 'Staff', 'a', 'b'])
}))

test('faults strike where they are told to', () => withOrg({}, async ({ server, org, call }) => {
  const post = () => call('POST', '/api/v1/policies', policyBody('P')).then(({ status }) => status, () => 'cut')
  const count = () => org.policies.filter((one) => one.name === 'P').length
  server.faults.set([{ do: 'cut-before', writes: true, at: 1 }, { do: 'cut-after', writes: true, at: 2 }, { do: '500-after', writes: true, at: 3 }, { do: '500-before', writes: true, at: 4 }])
  const seen = []
  for (let i = 0; i < 5; i++) seen.push([await post(), count()])
  assert.deepEqual(seen, [['cut', 0], ['cut', 1], [500, 2], [500, 2], [200, 3]])
  server.faults.set([{ do: 'edit', edits: [{ method: 'POST', path: '/api/v1/policies', body: policyBody('P') }] }, { do: '423', at: 2 }])
  assert.deepEqual([await post(), count(), await post()], [200, 5, 423])
}))

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
function jwt(header, claims, key) {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

test('a service app proves who it is, and each request anew', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }), ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }), other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keys = [{ kid: 'r', key: rsa.publicKey.export({ type: 'spki', format: 'pem' }) }, { kid: 'e', key: ec.publicKey.export({ type: 'spki', format: 'pem' }) }]
  return withOrg({ auth: { clients: [{ id: 'plain', keys, scopes: ['okta.zones.x', 'okta.networkZones.read'] }, { id: 'bound', keys, scopes: ['okta.networkZones.manage'], dpop: true }] } }, async ({ server, call }) => {
    const url = `${server.base}/oauth2/v1/token`
    const now = () => Math.floor(Date.now() / 1000)
    const ask = async (client, pair, more = {}, headers = {}) => {
      const kid = pair === rsa ? 'r' : 'e'
      const claims = { iss: client, sub: client, aud: url, iat: now(), exp: now() + 300, jti: randomUUID(), ...more.claims }
      const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams({ grant_type: 'client_credentials', scope: client === 'plain' ? 'okta.networkZones.read' : 'okta.networkZones.manage',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: jwt({ alg: pair === rsa ? 'RS256' : 'ES256', kid, ...more.header }, claims, (more.key ?? pair).privateKey), ...more.form }) })
      return { status: answer.status, nonce: answer.headers.get('dpop-nonce'), ...(await answer.json()) }
    }
    for (const pair of [rsa, ec]) {
      const { token_type, access_token } = await ask('plain', pair)
      assert.equal(token_type, 'Bearer')
      const headers = { authorization: `Bearer ${access_token}` }
      assert.equal((await call('GET', '/api/v1/zones', undefined, headers)).status, 200)
      assert.equal((await call('GET', '/api/v1/groups', undefined, headers)).body.errorCode, 'E0000006')
      assert.equal((await call('POST', '/api/v1/zones', {}, headers)).status, 403)
    }
    for (const [more, error] of [[{ claims: { aud: server.base } }, 'invalid_client'], [{ claims: { exp: now() + 4000 } }, 'invalid_client'], [{ claims: { exp: now() - 1 } }, 'invalid_client'], [{ key: other }, 'invalid_client'],
      [{ claims: { jti: 'same' } }, undefined], [{ claims: { jti: 'same' } }, 'invalid_client'], [{ form: { scope: 'okta.users.manage' } }, 'invalid_scope'], [{ form: { grant_type: 'password' } }, 'unsupported_grant_type']])
      assert.equal((await ask('plain', ec, more)).error, error, JSON.stringify(more))

    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = own.publicKey.export({ format: 'jwk' })
    const proof = (claims) => jwt({ typ: 'dpop+jwt', alg: 'ES256', jwk }, { iat: now(), jti: randomUUID(), ...claims }, own.privateKey)
    assert.equal((await ask('bound', rsa)).error, 'invalid_dpop_proof')
    const { error, nonce } = await ask('bound', rsa, {}, { dpop: proof({ htm: 'POST', htu: url }) })
    assert.equal(error, 'use_dpop_nonce')
    const { token_type, access_token } = await ask('bound', rsa, {}, { dpop: proof({ htm: 'POST', htu: url, nonce }) })
    assert.equal(token_type, 'DPoP')
    const ath = createHash('sha256').update(access_token).digest('base64url')
    const zones = `${server.base}/api/v1/zones`
    const get = async (text, scheme = 'DPoP') => (await call('GET', '/api/v1/zones?limit=3', undefined, { authorization: `${scheme} ${access_token}`, dpop: text })).status
    const good = proof({ htm: 'GET', htu: zones, ath })
    assert.deepEqual([await get(good), await get(good) >= 400, await get(proof({ htm: 'GET', htu: zones })) >= 400, await get(proof({ htm: 'GET', htu: `${zones}?limit=3`, ath })) >= 400,
      await get(proof({ htm: 'GET', htu: zones, ath }), 'Bearer') >= 400], [200, true, true, true, true])
  })
})

test('a classic org has no access policies', () => withOrg({ pipeline: 'v1' }, async ({ call }) => {
  assert.equal((await call('GET', '/.well-known/okta-organization', undefined, { authorization: '' })).body.pipeline, 'v1')
  assert.equal((await call('GET', '/api/v1/policies?type=ACCESS_POLICY')).body.errorCode, 'E0000015')
  assert.equal((await call('PUT', '/api/v1/apps/a/policies/b')).body.errorCode, 'E0000022')
}))

test('both policies must let in; blocked zones come first, the exempt one before them', () => withOrg({}, async ({ server, org }) => {
  const signIn = { app: 'Mail', user: 'ana@corp.example', groups: ['Staff'], chain: ['203.0.113.5'] }
  assert.equal(decide(org, signIn).access, 'ALLOW')
  server.edit({ method: 'POST', path: '/api/v1/zones', body: { type: 'IP', name: 'Bad', usage: 'BLOCKLIST', gateways: [{ type: 'CIDR', value: '203.0.113.0/24' }] } })
  org.advance(61)
  assert.equal(decide(org, signIn).blocked, 'Bad')
  const exempt = Object.values(org.data.zones).find((one) => one.name === 'DefaultExemptIpZone')
  server.edit({ method: 'PUT', path: `/api/v1/zones/${exempt.id}`, body: { type: 'IP', name: exempt.name, useAsExemptList: true, gateways: [{ type: 'CIDR', value: '203.0.113.5/32' }] } })
  org.advance(61)
  assert.equal(decide(org, signIn).blocked, null)
  const policy = server.edit({ method: 'POST', path: '/api/v1/policies', body: { type: 'OKTA_SIGN_ON', name: 'Staff', conditions: { people: { groups: { include: [org.group('Staff').id] } } } } })
  assert.equal(decide(org, signIn).access, 'ALLOW', 'a policy without rules is skipped')
  server.edit({ method: 'POST', path: `/api/v1/policies/${policy.id}/rules`, body: { type: 'SIGN_ON', name: 'none', actions: { signon: { access: 'DENY' } } } })
  assert.deepEqual([decide(org, signIn).access, decide(org, signIn).session.rule, decide(org, { ...signIn, groups: [] }).access], ['DENY', 'none', 'ALLOW'])
}))

test('conditions: kinds are joined by and, lists by or, an exception beats', () => {
  const org = new Org({ groups: ['A', 'B'], apps: ['App'] })
  const policy = org.data.policies[org.app('App').policy]
  const [a, b] = ['A', 'B'].map((name) => org.group(name).id)
  policy.rules.unshift(org.make('rul', { name: 'r', status: 'ACTIVE', priority: 0, system: false, actions: { appSignOn: { access: 'DENY' } }, conditions: {
    people: { groups: { include: [a], exclude: [b] } }, platform: { include: [{ type: 'MOBILE', os: { type: 'IOS' } }, { type: 'DESKTOP', os: { type: 'ANY' } }] },
    device: { registered: true, managed: false }, riskScore: { level: 'HIGH' } } }))
  const base = { app: 'App', groups: ['A'], platform: { type: 'MOBILE', os: 'IOS' }, device: { registered: true }, risk: 'HIGH' }
  const table = [[{}, 'r'], [{ groups: ['A', 'B'] }, 'Catch-all Rule'], [{ platform: { type: 'DESKTOP', os: 'LINUX' } }, 'r'], [{ platform: { type: 'MOBILE', os: 'ANDROID' } }, 'Catch-all Rule'],
    [{ platform: undefined }, 'Catch-all Rule'], [{ device: { registered: true, managed: true } }, 'Catch-all Rule'], [{ device: {} }, 'Catch-all Rule'], [{ risk: 'LOW' }, 'Catch-all Rule']]
  for (const [more, wanted] of table) assert.equal(decide(org, { ...base, ...more }).rule, wanted, JSON.stringify(more))
})

test('simulate takes one object and names the rule', () => withOrg({}, async ({ org, call }) => {
  const { body } = await call('POST', '/api/v1/policies/simulate?expand=EVALUATED', { appInstance: org.app('Mail').id, policyTypes: ['ACCESS_POLICY'], policyContext: { groups: { ids: [org.group('Staff').id] } } })
  assert.equal(body.evaluation[0].result.policies[0].rules[0].name, 'Catch-all Rule')
  assert.equal((await call('POST', '/api/v1/policies/simulate', [])).body.errorCode, 'E0000003')
}))
