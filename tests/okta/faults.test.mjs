// Whatever goes wrong on the way: after a resume the org holds what was planned,
// once, and nothing else was touched.
import assert from 'node:assert/strict'
import test from 'node:test'
import { base, ORG, strangers } from './base.mjs'
import { essence } from './essence.mjs'
import { each, ok, session } from './tool.mjs'

const upTo = (count) => Array.from({ length: count }, (_, i) => i + 1)

// The calls of a push that nothing disturbs, and what the org holds then.
const undisturbed = () => session(ORG, async ({ server, org, write, woapol }) => {
  strangers(server)
  const file = write('policy.woapol', base(server.base))
  server.forget()
  ok(await woapol(['push', file, '--yes']), 0)
  return { wanted: essence(org), requests: server.requests.length, writes: server.writes().length }
})

// Goes on with what was interrupted; anew where nothing had begun.
async function goOn(woapol, file) {
  const resumed = await woapol(['push', '--resume', file, '--yes'])
  return resumed.status === 0 ? resumed : woapol(['push', file, '--yes'])
}

async function disturbed(wanted, fault) {
  await session(ORG, async ({ server, org, write, woapol }) => {
    strangers(server)
    const file = write('policy.woapol', base(server.base))
    server.faults.set([fault])
    const what = JSON.stringify(fault)
    let last = await woapol(['push', file, '--yes'])
    assert.ok(server.faults.list[0].seen >= fault.at, `${what} never struck`)
    server.faults.clear()
    for (let i = 0; last.status !== 0 && i < 3; i++) last = await goOn(woapol, file)
    assert.equal(last.status, 0, `${what}: ${last.stdout}${last.stderr}`)
    assert.deepEqual(essence(org), wanted, what)
    ok(await woapol(['plan', file]), 0, what)
  })
}

test('the connection is cut at every single request of a push', async () => {
  const { wanted, requests } = await undisturbed()
  assert.ok(requests > 30)
  await each(upTo(requests).flatMap((at) => ['cut-after', 'cut-before'].map((what) => ({ do: what, at }))), (fault) => disturbed(wanted, fault), 12)
})

test('500 after the write took effect, at every write', async () => {
  const { wanted, writes } = await undisturbed()
  await each(upTo(writes), (at) => disturbed(wanted, { do: '500-after', writes: true, at }))
})

test('storms: 429 of both sorts, 423, 503, half answers', async () => {
  const { wanted } = await undisturbed()
  await each([{ do: '429', at: 4, times: 3 }, { do: '429-concurrency', writes: true, at: 2, times: 3 }, { do: '423', writes: true, at: 5, times: 2 }, { do: '503', at: 3, times: 2 },
    { do: 'cut-middle', writes: true, at: 3 }, { do: '500-before', writes: true, at: 4, times: 2 }],
    (fault) => disturbed(wanted, fault))
})

test('somebody else writes at the same time: it is noticed, nothing of theirs is lost', async () => {
  const { writes } = await undisturbed()
  await each(upTo(writes).slice(1), (at) => session(ORG, async ({ server, org, write, woapol }) => {
    const { policy } = strangers(server)
    const file = write('policy.woapol', base(server.base))
    const rule = { type: 'ACCESS_POLICY', name: 'added meanwhile', actions: { appSignOn: { access: 'DENY' } } }
    server.faults.set([{ do: 'edit', writes: true, at, edits: [{ method: 'POST', path: `/api/v1/policies/${policy.id}/rules`, body: rule }] }])
    let last = await woapol(['push', file, '--yes'])
    assert.ok([0, 1, 7].includes(last.status), `${last.status}: ${last.stderr}`)
    server.faults.clear()
    if (last.status !== 0) last = await goOn(woapol, file)
    ok(last, 0)
    assert.ok(org.data.policies[policy.id].rules.some((one) => one.name === 'added meanwhile'))
    ok(await woapol(['plan', file]), 0)
  }))
})
