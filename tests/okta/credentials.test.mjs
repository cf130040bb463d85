// Who woapol is to an org, and that no secret is left anywhere.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { base, ORG } from './base.mjs'
import { authority } from './org/certificates.mjs'
import { ok, session, TOKEN, WOAPOL, WORK } from './tool.mjs'

const SCOPES = ['policies', 'networkZones', 'apps', 'groups', 'idps', 'deviceAssurance', 'authenticators', 'userTypes', 'orgs', 'features', 'behaviors', 'logs', 'users', 'deviceIntegrations']
  .flatMap((one) => [`okta.${one}.manage`, `okta.${one}.read`])
const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? files(join(folder, one.name)) : [join(folder, one.name)]))

// None of the secrets in anything that was said or left behind.
function assertSilent(cwd, said, secrets, except = []) {
  const texts = [['what was printed', said], ...files(cwd).filter((one) => !except.includes(one)).map((one) => [one, readFileSync(one, 'latin1')])]
  for (const [where, text] of texts) for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is in ${where}`)
}
const everything = async (woapol, file, options) => {
  const said = []
  for (const [args, status] of [[['plan', file, '--out', 'plan.json'], 2], [['push', file, '--yes'], 0], [['plan', file], 0], [['pull', file, '--out', 'pulled.woapol'], 0], [['drift', file], 0]]) {
    const made = ok(await woapol(args, options), status)
    said.push(made.stdout, made.stderr)
  }
  return said.join('')
}

test('an API token, over TLS with a private authority; no trace of it', async () => {
  const { tls, ca } = authority(join(WORK, 'authority'))
  await session({ ...ORG, tls }, async ({ server, cwd, write, woapol }) => {
    const file = write('policy.woapol', base(server.base))
    const untrusted = await woapol(['plan', file])
    assert.equal(untrusted.status, 1)
    assert.match(untrusted.stderr, /certificate/i)
    const trusting = (args, options) => woapol([...args, '--ca', ca], options)
    const said = await everything(trusting, file)
    assertSilent(cwd, said, [TOKEN])
    const wrong = await trusting(['plan', file], { env: { WOAPOL_OKTA_TOKEN: '00wrongTokenOfTheTests_y' } })
    assert.equal(wrong.status, 1)
    assert.ok(!wrong.stderr.includes('00wrongToken'))
    assert.match(wrong.stderr, /token/i)
    const none = await trusting(['plan', file], { env: { WOAPOL_OKTA_TOKEN: '' } })
    assert.ok([1, 64].includes(none.status), none.stderr)
  })
})

test('a host that the certificate is not for is refused', async () => {
  const { tls, ca } = authority(join(WORK, 'other-authority'), ['DNS:elsewhere.example'])
  await session({ ...ORG, tls }, async ({ server, write, woapol }) => {
    const made = await woapol(['plan', write('policy.woapol', base(server.base)), '--ca', ca])
    assert.equal(made.status, 1)
    assert.equal(server.requests.length, 0)
  })
})

const KEYS = { RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
for (const alg of ['RS256', 'ES256'])
  for (const dpop of [false, true])
    test(`a service app with ${alg}${dpop ? ' and DPoP' : ''}`, async () => {
      const pair = KEYS[alg]()
      const clients = [{ id: '0oaServiceApp', keys: [{ kid: 'k1', key: pair.publicKey.export({ type: 'spki', format: 'pem' }) }], scopes: SCOPES, dpop }]
      await session({ ...ORG, auth: { clients } }, async ({ server, cwd, write, woapol }) => {
        const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
        const key = write('key.pem', pem)
        const file = write('policy.woapol', base(server.base))
        const env = { WOAPOL_OKTA_TOKEN: '', WOAPOL_OKTA_CLIENT_ID: '0oaServiceApp', WOAPOL_OKTA_KEY: key }
        chmodSync(key, 0o644)
        const open = await woapol(['plan', file], { env })
        assert.notEqual(open.status, 2, 'a key that others can read is refused')
        chmodSync(key, 0o600)
        const said = await everything(woapol, file, { env })
        assertSilent(cwd, said, [pem.split('\n')[1], ...server.guard.issued.keys()], [key])
        assert.deepEqual(server.guard.refused.filter((one) => !/use_dpop_nonce|proof JWT header is missing/.test(one)), [], 'no proof was refused')
        // A token that ran out is got anew.
        server.org.advance(4000)
        server.guard.forget()
        ok(await woapol(['plan', file], { env }), 0)
      })
    })

test('the least scopes: plan asks for those to read', async () => {
  const pair = KEYS.ES256()
  const clients = [{ id: 'reader', keys: [{ kid: 'k', key: pair.publicKey.export({ type: 'spki', format: 'pem' }) }], scopes: SCOPES.filter((one) => one.endsWith('.read')) }]
  await session({ ...ORG, auth: { clients } }, async ({ server, write, woapol }) => {
    const key = write('key.pem', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    chmodSync(key, 0o600)
    const file = write('policy.woapol', base(server.base))
    const env = { WOAPOL_OKTA_TOKEN: '', WOAPOL_OKTA_CLIENT_ID: 'reader', WOAPOL_OKTA_KEY: key }
    ok(await woapol(['plan', file], { env }), 2)
    const push = await woapol(['push', file, '--yes'], { env })
    assert.equal(push.status, 1)
    assert.deepEqual(server.writes(), [])
  })
})

test('a client that may activate no authenticators pushes all else', async () => {
  const pair = KEYS.ES256()
  const clients = [{ id: 'modest', keys: [{ kid: 'k', key: pair.publicKey.export({ type: 'spki', format: 'pem' }) }], scopes: SCOPES.filter((one) => one !== 'okta.authenticators.manage') }]
  for (const inactive of [[], ['webauthn']]) await session({ ...ORG, inactive, auth: { clients } }, async ({ server, write, woapol }) => {
    const key = write('key.pem', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    chmodSync(key, 0o600)
    const env = { WOAPOL_OKTA_TOKEN: '', WOAPOL_OKTA_CLIENT_ID: 'modest', WOAPOL_OKTA_KEY: key }
    const push = ok(await woapol(['push', write('policy.woapol', base(server.base)), '--yes', '--allow-lockout'], { env }), inactive.length)
    if (!inactive.length) return
    assert.match(push.stderr, /as it was before/)
    assert.deepEqual(server.writes().filter(({ status }) => status < 400), [], 'nothing was made')
  })
})

test('a journal is for its owner alone', () => session(ORG, async ({ server, cwd, write, woapol }) => {
  ok(await woapol(['push', write('policy.woapol', base(server.base)), '--yes']), 0)
  const left = files(join(cwd, 'state'))
  assert.ok(left.length > 0)
  for (const one of left) assert.equal(statSync(one).mode & 0o077, 0, one)
}))

test('a secret is in no argument, and no core file is written of a process that holds one', () => session(ORG, async ({ server, cwd, write }) => {
  const file = write('policy.woapol', base(server.base))
  server.faults.set([{ do: 'hang', path: '^/api/v1/zones', times: Infinity }])
  const child = spawn('/bin/sh', ['-c', 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"', WOAPOL, 'plan', file], { cwd, stdio: 'ignore', env: { PATH: process.env.PATH, HOME: cwd, WOAPOL_OKTA_TOKEN: TOKEN } })
  const ended = new Promise((resolve) => child.on('close', resolve))
  while (!server.requests.some((one) => /zones/.test(one.path ?? one.url ?? ''))) await new Promise((resolve) => setTimeout(resolve, 20))
  const about = (name) => readFileSync(`/proc/${child.pid}/${name}`, 'latin1')
  assert.ok(!about('cmdline').includes(TOKEN))
  assert.match(about('limits'), /Max core file size +0 /)
  child.kill('SIGQUIT')
  await ended
  assert.deepEqual(readdirSync(cwd).filter((one) => /core/.test(one)), [])
}))
