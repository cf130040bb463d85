// A hostile or broken server costs bounded memory and time, and gets a clear
// error; and nothing that it says reaches the terminal raw.
import assert from 'node:assert/strict'
import test from 'node:test'
import { base, everything, ORG, strangers } from './base.mjs'
import { essence } from './essence.mjs'
import { each, ok, run, session, WOAPOL } from './tool.mjs'

const KINDS = ['gigabyte', 'redirect', 'redirect-loop', 'not-json', 'cut-json', 'deep', 'many-headers', 'not-utf8', 'endless-pages', 'same-page', 'page-elsewhere', 'wrong-top', 'numbers', 'nulls', 'objects', 'control-names', 'path-ids', 'empty']
const LARGEST_MIB = 512

const LISTS = '^/api/v1/(zones|policies$)'
for (const [command, paths] of [['plan', ['^/\\.well-known', LISTS, '^/api/v1/groups']], ['pull', [LISTS]], ['drift', [LISTS]]])
  test(`${command}: ${KINDS.length} kinds of hostility`, async () => {
    await each(KINDS, (kind) => session(ORG, async ({ server, org, write, cwd }) => {
      const file = write('policy.woapol', base(server.base))
      for (const path of paths) {
        if (kind === 'endless-pages' && (command !== 'plan' || path !== LISTS)) continue // ten thousand pages take a while
        const before = JSON.stringify(org.data)
        server.faults.set([{ do: 'hostile', kind, path, times: Infinity }])
        const started = Date.now()
        const made = await run(['-c', `ulimit -v ${LARGEST_MIB * 1024}; exec "$0" "$@"`, WOAPOL, command, file], { cwd, tool: '/bin/sh', seconds: 300 })
        const what = `${command}, ${kind} at ${path}: ${made.status}: ${(made.stdout + made.stderr).slice(0, 2000)}`
        assert.ok([0, 1, 2, 3, 7].includes(made.status), what)
        assert.ok(Date.now() - started < 240000, what)
        if (path === LISTS && kind !== 'control-names') assert.equal(made.status, 1, what)
        if (made.status === 1) assert.match(made.stderr, /\S/, what)
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(made.stdout + made.stderr, /[\u0000-\u0008\u000b-\u001f\u007f]/, what)
        assert.equal(JSON.stringify(org.data), before, what)
      }
    }), KINDS.length)
  })

// What a call is, without what it is about.
const sort = ({ method, path }) => `${method} ${path.replace(/\/[^/]{20,}/g, '/:')}`
const pattern = (sort) => `^${sort.split(' ')[1].replace(/[.]/g, '\\.').replaceAll(':', '[^/]{20,}')}$`

test(`push: ${KINDS.length} kinds of hostility in answers to each sort of call`, async () => {
  const pushed = await session(ORG, async ({ server, org, write, woapol }) => {
    strangers(server)
    server.forget()
    ok(await woapol(['push', write('policy.woapol', everything(server.base)), '--yes']), 0)
    const first = server.requests.findIndex((one) => one.method !== 'GET')
    // From the first write on; what was read for the plan is passed over.
    const sorts = new Map(server.requests.slice(first).map((one) => [sort(one), 1 + server.requests.slice(0, first).filter((other) => sort(other) === sort(one)).length]))
    return { wanted: essence(org), sorts: [...sorts] }
  })
  assert.ok(pushed.sorts.length >= 15, pushed.sorts.join(', '))
  const cases = pushed.sorts.flatMap(([one, at], i) => KINDS.map((kind, k) => ({ kind, sort: one, at, times: at === 1 && (i + k) % 3 === 0 ? Infinity : 1 })))
  await each(cases, ({ kind, sort: one, at, times }) => session(ORG, async ({ server, org, write, cwd, woapol }) => {
    strangers(server)
    const file = write('policy.woapol', everything(server.base))
    server.faults.set([{ do: 'hostile', kind, method: one.split(' ')[0], path: pattern(one), at, times }])
    const hurt = await run(['-c', `ulimit -v ${LARGEST_MIB * 1024}; exec "$0" "$@"`, WOAPOL, 'push', file, '--yes'], { cwd, tool: '/bin/sh', env: { WOAPOL_PATIENCE: '3' } })
    const what = `push, ${kind} at ${one} (${times}): ${hurt.status}: ${(hurt.stdout + hurt.stderr).slice(0, 2000)}`
    assert.ok(server.faults.list[0].seen >= at, `${what}: it never struck`)
    assert.ok([0, 1, 7].includes(hurt.status), what)
    if (hurt.status !== 0) assert.match(hurt.stderr, /\S/, what)
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(hurt.stdout + hurt.stderr, /[\u0000-\u0008\u000b-\u001f\u007f]/, what)
    assert.ok(server.requests.every(({ path }) => !/evil|elsewhere/.test(path)), what)
    server.faults.clear()
    let last = hurt
    for (let i = 0; last.status !== 0 && i < 3; i++) {
      last = await woapol(['push', '--resume', file])
      if (last.status !== 0) last = await woapol(['push', file, '--yes'])
    }
    ok(last, 0, what)
    assert.deepEqual(essence(org), pushed.wanted, what)
    ok(await woapol(['plan', file]), 0, what)
  }), 8)
})

test('a name that holds control characters reaches no terminal as it is, from any command', async () => {
  const bad = 'Al\u001b[2Jl\u0007\u009b1m\u007f'
  await session({ ...ORG, groups: [...ORG.groups, bad], apps: [...ORG.apps, bad] }, async ({ server, org, write, woapol }) => {
    const edit = (method, path, body) => server.edit({ method, path, body })
    const zone = edit('POST', '/api/v1/zones', { type: 'IP', name: bad, gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] })
    const policy = edit('POST', '/api/v1/policies', { type: 'ACCESS_POLICY', name: bad })
    edit('POST', `/api/v1/policies/${policy.id}/rules`, { type: 'ACCESS_POLICY', name: bad, actions: { appSignOn: { access: 'DENY' } },
      conditions: { people: { groups: { include: [org.group(bad).id] } }, network: { connection: 'ZONE', include: [zone.id] } } })
    edit('PUT', `/api/v1/apps/${org.app(bad).id}/policies/${policy.id}`)
    const file = write('policy.woapol', base(server.base))
    const commands = [['pull', '--kind', 'okta', '--url', server.base], ['pull', file], ['plan', file], ['plan', file, '--format', 'json'], ['plan', file, '--runbook'], ['plan', file, '--runbook', '--format', 'html'],
      ['drift', file], ['drift', file, '--format', 'json'], ['push', file, '--yes'], ['push', file, '--yes', '--format', 'json']]
    for (const args of commands) {
      const made = await woapol(args)
      assert.ok([0, 1, 2].includes(made.status), `${args[0]}: ${made.status} ${made.stderr}`)
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(made.stdout + made.stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, args.join(' '))
    }
    assert.match((await woapol(commands[0])).stderr, /in which control characters stand/)
  })
})
