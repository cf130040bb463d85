// Whatever goes wrong on the way: after a resume the org holds what was planned,
// once, and nothing else was touched.
import assert from 'node:assert/strict'
import test from 'node:test'
import { everything, ORG, strangers } from './base.mjs'
import { essence } from './essence.mjs'
import { each, ok, session } from './tool.mjs'

const upTo = (count) => Array.from({ length: count }, (_, i) => i + 1)

// Two pushes: of all that woapol keeps into an org where it has nothing, and of a later
// version with --prune, which changes and removes.
const PUSHES = { first: { args: [], before: () => {} }, second: { args: ['--prune'], before: async ({ server, org, write, woapol }) => {
  ok(await woapol(['push', write('before.woapol', everything(server.base)), '--yes']), 0)
  org.advance(61)
} } }
const pushing = (which, use) => session(ORG, async (context) => {
  strangers(context.server)
  await PUSHES[which].before(context)
  const file = context.write('policy.woapol', everything(context.server.base, which === 'second'))
  context.server.forget()
  await use({ ...context, file, push: (...more) => context.woapol(['push', ...more, file, '--yes', ...PUSHES[which].args]), empty: async (what) => ok(await context.woapol(['plan', file, ...PUSHES[which].args]), 0, what) })
})

// The calls of a push that nothing disturbs, and what the org holds then.
const known = {}
const undisturbed = async (which) => {
  if (!known[which]) await pushing(which, async ({ server, org, push }) => {
    ok(await push(), 0)
    known[which] = { wanted: essence(org), requests: server.requests, writes: server.writes() }
  })
  return known[which]
}

// Goes on with what was interrupted; anew where nothing had begun.
async function goOn({ woapol, file, push }) {
  const resumed = await woapol(['push', '--resume', file, '--yes'])
  return resumed.status === 0 ? resumed : push()
}

const disturbed = (which, wanted, fault) => pushing(which, async (context) => {
  const { server, org, push, empty } = context
  server.faults.set([fault])
  const what = `${which}: ${JSON.stringify(fault)}`
  let last = await push()
  assert.ok(server.faults.list[0].seen >= fault.at, `${what} never struck`)
  server.faults.clear()
  for (let i = 0; last.status !== 0 && i < 3; i++) last = await goOn(context)
  assert.equal(last.status, 0, `${what}: ${last.stdout}${last.stderr}`)
  assert.deepEqual(essence(org), wanted, what)
  await empty(what)
})

// What a call is, without what it is about.
const sort = ({ method, path }) => `${method} ${path.replace(/\/[^/]{20,}/g, '/:').replace(/\/:\/policies\/:/, '/:/policies/:')}`

test('between them the pushes make calls of every sort', async () => {
  const sorts = new Set([...(await undisturbed('first')).writes, ...(await undisturbed('second')).writes].map(sort))
  for (const wanted of ['POST /api/v1/zones', 'PUT /api/v1/zones/:', 'DELETE /api/v1/zones/:', 'POST /api/v1/zones/:/lifecycle/deactivate', 'POST /api/v1/policies', 'PUT /api/v1/policies/:', 'DELETE /api/v1/policies/:',
    'POST /api/v1/policies/:/rules', 'PUT /api/v1/policies/:/rules/:', 'DELETE /api/v1/policies/:/rules/:', 'PUT /api/v1/apps/:/policies/:', 'POST /api/v1/device-assurances', 'POST /api/v1/idps/credentials/keys',
    'POST /api/v1/idps', 'PUT /api/v1/idps/:'])
    assert.ok(sorts.has(wanted), `${wanted} is not among ${[...sorts].join(', ')}`)
})

for (const which of Object.keys(PUSHES)) {
  test(`the connection is cut at every single request of the ${which} push`, async () => {
    const { wanted, requests, writes } = await undisturbed(which)
    assert.ok(requests.length > 30)
    // Before a call of the second push takes effect: at writes alone, which the first one shows suffices.
    const before = which === 'first' ? upTo(requests.length).map((at) => ({ do: 'cut-before', at })) : upTo(writes.length).map((at) => ({ do: 'cut-before', writes: true, at }))
    await each([...before, ...upTo(requests.length).map((at) => ({ do: 'cut-after', at }))], (fault) => disturbed(which, wanted, fault), 12)
  })

  test(`500 after the write took effect, at every write of the ${which} push`, async () => {
    const { wanted, writes } = await undisturbed(which)
    await each(upTo(writes.length), (at) => disturbed(which, wanted, { do: '500-after', writes: true, at }))
  })
}

test('storms at each sort of call: 429 of both sorts, 423, 503, half answers', async () => {
  for (const which of Object.keys(PUSHES)) {
    const { wanted, writes } = await undisturbed(which)
    const first = new Map(writes.map((one, i) => [sort(one), i + 1]))
    const storms = [{ do: '429', times: 3 }, { do: '429-concurrency', times: 3 }, { do: '423', times: 2 }, { do: '503', times: 2 }, { do: 'cut-middle' }, { do: '500-before', times: 2 }]
    await each([...first.values()].flatMap((at) => storms.map((storm) => ({ ...storm, writes: true, at }))).concat([{ do: '429', at: 4, times: 3 }, { do: '503', at: 3, times: 2 }]),
      (fault) => disturbed(which, wanted, fault), 12)
  }
})

test('somebody else writes at the same time: it is noticed, nothing of theirs is lost', async () => {
  for (const which of Object.keys(PUSHES)) {
    const { writes } = await undisturbed(which)
    await each(upTo(writes.length).slice(1), (at) => pushing(which, async (context) => {
      const { server, org, push, empty } = context
      const policy = org.policies.find((one) => one.name === 'Theirs')
      const rule = { type: 'ACCESS_POLICY', name: 'added meanwhile', actions: { appSignOn: { access: 'DENY' } } }
      server.faults.set([{ do: 'edit', writes: true, at, edits: [{ method: 'POST', path: `/api/v1/policies/${policy.id}/rules`, body: rule }] }])
      let last = await push()
      assert.ok([0, 1, 7].includes(last.status), `${last.status}: ${last.stderr}`)
      server.faults.clear()
      if (last.status !== 0) last = await goOn(context)
      ok(last, 0)
      assert.ok(org.data.policies[policy.id].rules.some((one) => one.name === 'added meanwhile'))
      await empty()
    }))
  }
})
