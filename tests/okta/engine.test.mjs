// Pushing as a whole: resumed, confirmed or taken back, guarded, from saved plans and
// signed images; and what is written as JSON.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { base, ORG, strangers } from './base.mjs'
import { essence as all } from './essence.mjs'
import { each, ok, session, TOKEN, WOAPOL } from './tool.mjs'

// What Okta adds to everything that is written to it is no difference.
const essence = (org) => JSON.parse(JSON.stringify(all(org), (key, value) => key === 'keepMeSignedIn' && value?.postAuth === 'NOT_ALLOWED' ? undefined : value))
const quick = { env: { WOAPOL_PATIENCE: '3' } }
const journals = (cwd) => { try { return readdirSync(join(cwd, 'state', 'woapol')).sort().map((name) => join(cwd, 'state', 'woapol', name)) } catch { return [] } }
const until = async (what) => { for (let i = 0; i < 2400; i++) { const found = what(); if (found) return found; await new Promise((go) => setTimeout(go, 50)) } throw new Error('it never came') }
const guarded = (url, change = {}) => base(url, change).replace('kind = okta', 'kind = okta\n  breakglass = {Admins}')
// A command that goes on while the test does something else.
const start = (cwd, args) => {
  const child = spawn(WOAPOL, args, { cwd, env: { PATH: process.env.PATH, HOME: cwd, XDG_STATE_HOME: join(cwd, 'state'), WOAPOL_OKTA_TOKEN: TOKEN, NO_COLOR: '1' } })
  const made = { child, text: '', ended: null }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => { made.text += part })
  made.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ status: signal ?? code, stdout: made.text, stderr: '' })))
  return made
}
const wanted = () => session(ORG, async ({ server, org, write, woapol }) => {
  strangers(server)
  server.forget()
  ok(await woapol(['push', write('policy.woapol', base(server.base)), '--yes']), 0)
  return { essence: essence(org), writes: server.writes().length, requests: server.requests.length, first: server.requests.findIndex((one) => one.method !== 'GET') + 1 }
})

test('a push that was cut is resumed from its journal', async () => {
  const end = await wanted()
  const cases = []
  for (let at = end.first; at <= end.requests; at += 5) for (const fault of ['cut-before', 'cut-after']) for (const how of ['journal', 'policy', 'last']) cases.push({ at, fault, how })
  await each(cases, ({ at, fault, how }) =>
    session(ORG, async ({ server, org, cwd, write, woapol }) => {
      strangers(server)
      const file = write('policy.woapol', base(server.base))
      server.faults.set([{ do: fault, at, times: 1000 }])
      const what = `${fault} at ${at}`
      const cut = ok(await woapol(['push', file, '--yes'], quick), 1, what)
      assert.match(cut.stderr, /push --resume/, what)
      server.faults.clear()
      server.before = server.writes().length
      server.forget()
      const [journal] = journals(cwd)
      ok(await woapol(['push', '--resume', ...{ journal: [journal], policy: [file], last: [] }[how]], quick), 0, what)
      assert.deepEqual(essence(org), end.essence, what)
      assert.ok(server.before + server.writes().length <= end.writes + 1, `${what}: what was done is not done again`)
      ok(await woapol(['plan', file]), 0, what)
      ok(await woapol(['push', '--resume', journal], quick), 7, 'it has ended')
    }), 12)
})

test('a resume is refused when somebody else has written; a rollback takes back what was ours', () => session(ORG, async ({ server, org, cwd, write, woapol }) => {
  const { policy } = strangers(server)
  const before = essence(org)
  server.faults.set([{ do: 'cut-after', at: 29, times: 1000 }])
  ok(await woapol(['push', write('policy.woapol', base(server.base)), '--yes'], quick), 1)
  server.faults.clear()
  const rule = { type: 'ACCESS_POLICY', name: 'meanwhile', actions: { appSignOn: { access: 'DENY' } } }
  server.edit({ method: 'POST', path: `/api/v1/policies/${policy.id}/rules`, body: rule })
  const [journal] = journals(cwd)
  assert.match(ok(await woapol(['push', '--resume', journal], quick), 7).stderr, /somebody else.*meanwhile/)
  assert.match(ok(await woapol(['rollback', journal, '--yes'], quick), 7).stderr, /somebody else.*meanwhile/)
  ok(await woapol(['rollback', journal, '--yes', '--force'], quick), 0)
  assert.ok(org.data.policies[policy.id].rules.some((one) => one.name === 'meanwhile'))
  const { rules } = org.data.policies[policy.id]
  rules.splice(rules.findIndex((one) => one.name === 'meanwhile'), 1)
  assert.deepEqual(essence(org), before)
}))

test('a push that was cut anywhere is taken back whole', async () => {
  let cut = true
  for (let at = 20; cut && at < 80; at += 2) await session(ORG, async ({ server, org, cwd, write, woapol }) => {
    strangers(server)
    const before = essence(org)
    server.faults.set([{ do: 'cut-after', at, times: 1000 }])
    cut = (await woapol(['push', write('policy.woapol', base(server.base)), '--yes'], quick)).status !== 0
    server.faults.clear()
    const [journal] = journals(cwd)
    if (!cut || !journal) return
    ok(await woapol(['rollback', journal, '--yes'], quick), 0, `cut at ${at}`)
    assert.deepEqual(essence(org), before, `cut at ${at}`)
  })
})

test('nobody confirms: it goes back by itself', () => session(ORG, async ({ server, org, write, woapol }) => {
  strangers(server)
  const before = essence(org)
  const said = ok(await woapol(['push', write('policy.woapol', base(server.base)), '--yes', '--confirm-within', '1s']), 7)
  assert.match(said.stderr, /rolled back/)
  assert.deepEqual(essence(org), before)
}))

test('somebody confirms from elsewhere: it stays', () => session(ORG, async ({ server, cwd, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  const push = start(cwd, ['push', file, '--yes', '--confirm-within', '1m'])
  await until(() => /--confirm /.test(push.text))
  const [journal] = journals(cwd)
  assert.match(ok(await woapol(['push', file, '--yes']), 0).stdout, /nothing to do/)
  assert.match(ok(await woapol(['rollback', journal, '--yes']), 7).stderr, /another woapol/)
  ok(await woapol(['push', '--confirm', journal]), 0)
  ok(await push.ended, 0)
  ok(await woapol(['push', '--confirm', journal]), 7, 'once is enough')
  ok(await woapol(['plan', file]), 0)
}))

test('a signal while it waits for a confirmation takes it back at once', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) await session(ORG, async ({ server, org, cwd, write }) => {
    const before = essence(org)
    const push = start(cwd, ['push', write('policy.woapol', base(server.base)), '--yes', '--confirm-within', '10m'])
    await until(() => /--confirm /.test(push.text))
    push.child.kill(signal)
    ok(await push.ended, 7, signal)
    assert.deepEqual(essence(org), before, signal)
  })
})

test('Ctrl-C ends the call under way, and the journal goes on from there', () => session(ORG, async ({ server, org, cwd, write, woapol }) => {
  const end = await wanted()
  strangers(server)
  const file = write('policy.woapol', base(server.base))
  const answer = server.answer.bind(server)
  let writes = 0, push
  server.answer = (context) => {
    if (context.request.method !== 'GET' && ++writes === 5) push.child.kill('SIGINT')
    return answer(context)
  }
  push = start(cwd, ['push', file, '--yes'])
  ok(await push.ended, 1)
  server.answer = answer
  assert.ok(writes < end.writes, 'it did stop')
  ok(await woapol(['push', '--resume']), 0)
  assert.deepEqual(essence(org), end.essence)
}))

test('break-glass accounts are not locked out, whatever the policy says', () => session(ORG, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', guarded(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  org.advance(61)
  const before = essence(org)
  server.forget()
  const out = write('out.woapol', guarded(server.base).replaceAll(/ {2}rule admins .*\n/g, '  rule admins when group in Admins deny\n'))
  const refused = ok(await woapol(['push', out, '--yes']), 7)
  assert.match(refused.stderr, /Admins.*denied from everywhere/)
  assert.doesNotMatch(refused.stderr, /,,/)
  const worker = ok(await woapol(['push', write('worker.woapol', readFileSync(out, 'utf8').replaceAll(/ {2}breakglass.*\n/g, '')), '--yes']), 7)
  assert.match(worker.stderr, /admin@corp.example, who is at work here(, in no other group)?, can get into .* now, and would be denied from everywhere after step/)
  assert.deepEqual(server.writes(), [], 'before the first write')
  assert.match((await woapol(['plan', out])).stderr, /would be refused/)
  assert.deepEqual(essence(org), before)
  ok(await woapol(['push', out, '--yes', '--allow-lockout']), 0)
  assert.notDeepEqual(essence(org), before)
  const wrong = write('wrong.woapol', base(server.base).replace('kind = okta', 'kind = okta\n  breakglass = {Adminz}'))
  assert.match(ok(await woapol(['push', wrong, '--yes']), 64).stderr, /Adminz/)
}))

test('what was reviewed and signed is what is pushed', () => session(ORG, async ({ server, cwd, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['keygen', 'release.key']), 0)
  ok(await woapol(['build', file, '-o', 'policy.wob', '--sign', 'release.key']), 0)
  const trusted = ['--key', 'release.key.pub', '--require-signature']
  ok(await woapol(['push', file, '--yes', ...trusted]), 8)
  ok(await woapol(['plan', 'policy.wob', ...trusted, '--out', 'plan.json']), 2)
  assert.equal(statSync(join(cwd, 'plan.json')).mode & 0o777, 0o600)
  ok(await woapol(['push', '--plan', 'plan.json', '--yes', ...trusted]), 64, 'a plan is not signed')
  const plan = JSON.parse(readFileSync(join(cwd, 'plan.json')))
  const edited = structuredClone(plan)
  edited.calls.at(-1).path = '/api/v1/policies/somewhere/else'
  writeFileSync(join(cwd, 'edited.json'), JSON.stringify(edited))
  assert.match(ok(await woapol(['push', 'policy.wob', ...trusted, '--plan', 'edited.json', '--yes']), 7).stderr, /plan anew/)
  writeFileSync(join(cwd, 'broken.json'), JSON.stringify({ ...plan, calls: 7 }))
  ok(await woapol(['push', '--plan', 'broken.json', '--yes']), 1)
  const other = write('other.woapol', base(server.base, { office: '203.0.113.0/24' }))
  ok(await woapol(['push', other, '--plan', 'plan.json', '--yes']), 7)
  assert.deepEqual(server.writes(), [])
  ok(await woapol(['push', 'policy.wob', ...trusted, '--plan', 'plan.json', '--yes']), 0)
  ok(await woapol(['plan', 'policy.wob']), 0)
  ok(await woapol(['prove', 'policy.wob', '--target', 'okta', ...trusted]), 0)
  ok(await woapol(['drift', 'policy.wob', ...trusted]), 0)
}))

test('what is written as JSON keeps to its schema', () => session(ORG, async ({ server, org, cwd, write, woapol }) => {
  const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname
  const file = write('policy.woapol', base(server.base))
  const keep = async (kind, args, status) => writeFileSync(join(cwd, `${kind}-${seen[kind]++}.json`), ok(await woapol(args), status).stdout)
  const seen = { plan: 0, drift: 0, push: 0, pull: 0 }
  await keep('plan', ['plan', file, '--format', 'json', '--out', 'plan-saved.json'], 2)
  await keep('push', ['push', file, '--yes', '--format', 'json'], 0)
  await keep('push', ['push', file, '--yes', '--format', 'json'], 0)
  org.advance(61)
  await keep('plan', ['plan', file, '--format', 'json'], 0)
  await keep('pull', ['pull', file, '--format', 'json'], 0)
  await keep('drift', ['drift', file, '--format', 'json'], 0)
  const changed = write('changed.woapol', base(server.base, { office: '198.51.100.0/25' }))
  await keep('plan', ['plan', changed, '--format', 'json'], 2)
  await keep('drift', ['drift', changed, '--format', 'json'], 2)
  await keep('push', ['push', changed, '--yes', '--confirm-within', '1s', '--format', 'json'], 7)
  await keep('push', ['rollback', changed, '--yes', '--format', 'json'], 0)
  server.faults.set([{ do: 'cut-before', writes: true, times: 1000 }])
  await keep('push', ['push', changed, '--yes', '--format', 'json'], 1)
  server.faults.clear()
  assert.deepEqual(readdirSync(cwd).filter((name) => name.startsWith('push-')).sort().map((name) => JSON.parse(readFileSync(join(cwd, name))).end),
    ['done', 'nothing', 'returned', 'done', 'stopped'])
  for (const kind of ['plan', 'drift', 'push', 'pull']) {
    const files = readdirSync(cwd).filter((name) => name.startsWith(`${kind}-`)).map((name) => join(cwd, name))
    const said = execFileSync('/usr/bin/python3', [join(here, '../schema/validate.py'), join(here, `../../docs/schema/${kind}.json`), ...files]).toString()
    assert.ok(!said.includes('not ok') && said.includes('ok - '), said)
  }
}))

test('wrong usage is told before anything is sent', () => session(ORG, async ({ server, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  const two = write('two.woapol', base(server.base) + `tenant Other {\n  kind = okta\n  url = "${server.base}"\n}\n`)
  const none = write('none.woapol', 'policy P is default { otherwise deny }\n')
  for (const [args, status, words] of [
    [['push'], 64, /FILE is missing/], [['push', file], 64, /--yes/], [['push', file, '--yes', '--confirm-within', '10'], 64, /--confirm-within/],
    [['push', '--resume'], 1, /no unfinished push/], [['push', '--confirm', file], 1, /journal/], [['plan', two], 64, /which tenant: Corp \(.*\), Other \(/],
    [['plan', file, '--tenant', 'Corpp'], 64, /Corpp/], [['plan', none], 64, /declares no tenant/], [['rollback', file], 1, /no journal/],
    [['plan', file, '--url', 'http://192.0.2.1'], 64, /./], [['pull'], 64, /--kind/], [['pull', '--kind', 'okta'], 64, /--url/],
  ]) assert.match(ok(await woapol(args), status, args.join(' ')).stderr, words)
  assert.deepEqual(server.writes(), [])
}))

test('what waited for a confirmation was killed: plan and drift tell, the next push takes it back first', () => session(ORG, async ({ server, org, cwd, write, woapol }) => {
  const file = write('policy.woapol', base(server.base))
  ok(await woapol(['push', file, '--yes']), 0)
  org.advance(61)
  const before = essence(org)
  const changed = write('changed.woapol', base(server.base, { office: '203.0.113.0/24' }))
  const push = start(cwd, ['push', changed, '--yes', '--confirm-within', '10m'])
  await until(() => /--confirm /.test(push.text))
  const journal = journals(cwd).at(-1)
  assert.doesNotMatch(ok(await woapol(['drift', changed]), 0).stderr, /confirmed/, 'it waits')
  push.child.kill('SIGKILL')
  ok(await push.ended, 'SIGKILL')
  assert.notDeepEqual(essence(org), before)
  for (const command of ['drift', 'plan']) assert.match(ok(await woapol([command, changed]), 0).stderr, /to be confirmed and was not.*rollback .*push --confirm/, command)
  const third = write('third.woapol', base(server.base, { office: '192.0.2.128/25' }))
  for (const source of [changed, third]) assert.match(ok(await woapol(['push', source, '--yes']), 7).stderr, /never confirmed: .*push --confirm.*rollback/)
  // Its time is over.
  writeFileSync(journal, readFileSync(journal, 'utf8').replace(/"until":\d+/, '"until":1000'))
  assert.match(ok(await woapol(['drift', changed]), 0).stderr, /to be confirmed and was not.*rollback \S+$/m)
  server.forget()
  assert.match(ok(await woapol(['push', file, '--yes']), 0).stderr, /never confirmed.*rolled back first/)
  assert.deepEqual(essence(org), before)
  assert.ok(server.writes().length > 0)
  assert.doesNotMatch(ok(await woapol(['drift', file]), 0).stderr, /confirmed/)
}))
