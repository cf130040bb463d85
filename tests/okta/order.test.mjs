// The global session policy on the way: random changes of sessions, with those of apps
// and without; after every single write the org is asked of everybody, in all groups at
// once too, whether he is asked for less than both before and afterwards.
import assert from 'node:assert/strict'
import test from 'node:test'
import { base, ORG } from './base.mjs'
import { essence } from './essence.mjs'
import { decide } from './org/decide.mjs'
import { randomness } from './random.mjs'
import { each, ok, session } from './tool.mjs'

const COUNT = Number(process.env.WOAPOL_SESSIONS ?? 30), FIRST = Number(process.env.WOAPOL_SEED ?? 1)
const GROUPS = { Staff: 'All Staff@corp.example', Sales: 'Sales@corp.example', Guests: 'Guests', Admins: 'Admins' }
const NAMES = ['One', 'Two', 'Three', 'Four']

const blocks = (r) => r.some(NAMES, 3).map((name) => {
  const groups = r.chance(0.1) ? '' : `    groups = {${r.some(Object.keys(GROUPS), 2).join(', ')}}\n`
  return `  session ${name} {\n${groups}    idle = ${r.pick(['15m', '1h'])}\n${r.chance(0.5) ? '    second_factor = yes\n' : ''}  }\n`
}).join('')
const source = (r, url, change) => base(url, change).replace('  authenticators', `${r.chance(0.1) ? '' : blocks(r)}  authenticators`)

const all = [...Object.values(GROUPS), 'Foreign']
const crowd = Array.from({ length: 1 << all.length }, (_, mask) => all.filter((_, i) => mask & (1 << i)))
const asked = (org, groups, app, ip) => {
  const made = decide(org, { app, groups, chain: [ip], risk: 'LOW', platform: { type: 'MOBILE', os: 'IOS' }, device: { registered: true, managed: true } })
  if (made.access === 'DENY') return { deny: true }
  const { signon } = org.policies.find((one) => one.type === 'OKTA_SIGN_ON' && one.name === made.session.policy).rules.find((one) => one.name === made.session.rule).actions
  return { two: signon.requireFactor === true, password: signon.primaryFactor === 'PASSWORD_IDP', app: JSON.stringify(made.verification) }
}
const everybody = (org) => crowd.flatMap((groups) => [['Payroll', '198.51.100.7'], ['Payroll', '203.0.113.9'], ['Wiki', '203.0.113.9']].map(([app, ip]) => asked(org, groups, app, ip)))
const enough = (is, than) => is.deny || (!than.deny && is.two >= than.two && is.password >= than.password && is.app === than.app)

test(`${COUNT} random changes of sessions: nobody is asked for less on the way than at both ends`, async () => {
  const seen = { changed: 0, refused: 0, states: 0 }
  await each(Array.from({ length: COUNT }, (_, i) => FIRST + i), (seed) => session(ORG, async ({ server, org, write, woapol }) => {
    const r = randomness(seed), what = `seed ${seed}`
    const usual = org.defaultPolicy('OKTA_SIGN_ON')
    if (r.chance(0.5)) Object.assign(usual.rules[0].actions.signon, { requireFactor: true, factorPromptMode: 'ALWAYS' })
    if (r.chance(0.2)) usual.rules[0].actions.signon.primaryFactor = 'PASSWORD_IDP'
    const theirs = server.edit({ method: 'POST', path: '/api/v1/policies', body: { type: 'OKTA_SIGN_ON', name: 'Theirs', conditions: { people: { groups: { include: [org.group('Foreign').id] } } } } })
    server.edit({ method: 'POST', path: `/api/v1/policies/${theirs.id}/rules`, body: { type: 'SIGN_ON', name: 'no', actions: { signon: { access: 'ALLOW', requireFactor: r.chance(0.5), factorPromptMode: 'ALWAYS', primaryFactor: 'PASSWORD_IDP_ANY_FACTOR' } } } })
    const push = (name, text) => woapol(['push', write(name, text), '--yes', '--prune', '--allow-lockout'])
    const first = await push('first.woapol', source(r, server.base))
    assert.ok([0, 7].includes(first.status), `${what}: ${first.stdout}${first.stderr}`)
    for (let step = 0; step < 3; step++) {
      org.advance(61)
      const next = source(r, server.base, r.chance(0.5) ? {} : { office: '198.51.100.0/25', finance: '  rule contractors when group in Guests and network in Office deny\n' })
      const [before, held, states] = [everybody(org), essence(org), []]
      const answer = server.answer.bind(server)
      server.answer = (context) => {
        const result = answer(context)
        org.advance(61)
        if (context.request.method !== 'GET') states.push({ call: `${context.request.method} ${context.url.pathname}`, all: everybody(org) })
        return result
      }
      const made = await push(`next${step}.woapol`, next)
      server.answer = answer
      if (made.status === 7) {
        assert.match(made.stderr, /asked for less at sign-in than both|would go ahead of the org's/, what)
        assert.deepEqual(essence(org), held, `${what}: refused, and written`)
        seen.refused++
        continue
      }
      ok(made, 0, what)
      const after = everybody(org)
      for (const { call, all } of states) all.forEach((is, i) => assert.ok(enough(is, before[i]) || enough(is, after[i]),
        `${what}: after ${call} ${JSON.stringify(crowd[Math.floor(i / 3)])} is asked ${JSON.stringify(is)}, before ${JSON.stringify(before[i])}, afterwards ${JSON.stringify(after[i])}\n${next}`))
      ok(await woapol(['plan', `next${step}.woapol`, '--prune']), 0, what)
      seen.changed++
      seen.states += states.length
    }
  }))
  console.log(`# ${JSON.stringify(seen)}`)
  assert.ok(seen.changed >= COUNT, `only ${seen.changed} of ${COUNT * 3} changes were made`)
})
