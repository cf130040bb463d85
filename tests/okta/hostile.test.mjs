// A hostile or broken server costs bounded memory and time, and gets a clear
// error; and nothing that it says reaches the terminal raw.
import assert from 'node:assert/strict'
import test from 'node:test'
import { base, ORG } from './base.mjs'
import { each, run, session, WOAPOL } from './tool.mjs'

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
