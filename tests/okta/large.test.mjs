// 500 rules in 50 policies: calls made against the fewest possible.
import assert from 'node:assert/strict'
import test from 'node:test'
import { ok, session } from './tool.mjs'

const POLICIES = Number(process.env.WOAPOL_LARGE_POLICIES ?? 50), RULES = 10

function large(url, changed = 0) {
  const lines = ['tenant Corp {', '  kind = okta', `  url = "${url}"`, '  engine = identity', '  directory = active_directory', '  authenticators = {okta_password, okta_verify}', '}']
  for (let i = 0; i < RULES; i++) lines.push(`network N${i} = 198.51.${i}.0/24`, `group G${i}`)
  lines.push('chain Strong = okta_password then okta_verify')
  for (let p = 0; p < POLICIES; p++) {
    lines.push(`app A${p}`, `policy P${p} for A${p} {`)
    for (let i = 0; i < RULES; i++) {
      const hours = p === 0 && i === 0 && changed ? changed : 1 + i
      lines.push(`  rule r${i} when group in G${i} and network in N${(p + i) % RULES} ${i % 3 === 2 ? 'deny' : `authenticate Strong every ${hours}h`}`)
    }
    lines.push('  otherwise deny', '}')
  }
  return `${lines.join('\n')}\n`
}
const config = { groups: Array.from({ length: RULES }, (_, i) => `G${i}`), apps: Array.from({ length: POLICIES }, (_, i) => `A${i}`), users: [{ login: 'admin@corp.example', admin: true }] }

test(`${POLICIES * RULES} rules in ${POLICIES} policies take at most twice the fewest calls`, () => session(config, async ({ server, org, write, woapol }) => {
  const file = write('policy.woapol', large(server.base))
  const measure = async (what, fewest, args) => {
    server.forget()
    const started = Date.now()
    ok(await woapol(args, { seconds: 300 }), 0)
    const ratio = server.requests.length / fewest
    console.log(`# ${what}: ${server.requests.length} calls, at least ${fewest}: ${ratio.toFixed(2)} times; ${Date.now() - started} ms`)
    assert.ok(ratio <= 2, `${what}: ${server.requests.length} calls against ${fewest}`)
  }
  // One call a thing to make; to deny by its last rule and to assign, one each for a
  // policy; the lists that have to be read: apps, groups, zones, policies, and the
  // rules of those that are there.
  const lists = 4 + org.policies.filter((one) => one.type === 'ACCESS_POLICY').length
  await measure('a first push', RULES + POLICIES * (RULES + 3) + lists, ['push', file, '--yes', '--allow-lockout'])
  org.advance(61)
  await measure('a push of nothing', lists + POLICIES, ['push', file, '--yes', '--allow-lockout'])
  await measure('a push of one changed rule', lists + POLICIES + 1, ['push', write('changed.woapol', large(server.base, 20)), '--yes', '--allow-lockout'])
}))
