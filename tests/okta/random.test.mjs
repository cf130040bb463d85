// Random policies: pushed, the org decides as the source says; the next plan is
// empty; what is pulled proves equal. WOAPOL_POLICIES=1000 for more.
import assert from 'node:assert/strict'
import test from 'node:test'
import { decide } from './org/decide.mjs'
import { AUTHENTICATORS } from './org/org.mjs'
import { APPS, GROUPS, METHODS, ofOkta, ofWoapol, randomness, signIn, source, USERS } from './random.mjs'
import { session } from './tool.mjs'

const COUNT = Number(process.env.WOAPOL_POLICIES ?? 20), FIRST = Number(process.env.WOAPOL_SEED ?? 1), SIGN_INS = 300
const CONFIG = { groups: [...Object.values(GROUPS), 'Admins'], apps: APPS, users: [{ login: 'admin@corp.example', groups: ['Admins'], admin: true }, ...USERS.map((login) => ({ login }))] }

// What is off from the start, every other time: authenticators, and methods of those that have
// several.
const OFF = [...new Set(Object.values(METHODS).map(([key]) => key))].flatMap((key) => [key, ...(AUTHENTICATORS[key][1].length > 1 ? AUTHENTICATORS[key][1].map((use) => `${key}/${use}`) : [])])
const inactive = (seed) => { const r = randomness(seed + 1e6); return seed % 2 ? [] : OFF.filter(() => r.chance(0.5)) }
// What the org's rules ask for by name: authenticators and methods.
const asked = (org) => {
  const found = new Set()
  const walk = (value) => {
    if (value === null || typeof value !== 'object') return
    if (value.key && value.method) found.add(value.key).add(`${value.key}/${value.method}`)
    Object.values(value).forEach(walk)
  }
  org.rules().forEach((rule) => walk(rule.actions))
  return found
}
const states = (org) => Object.fromEntries(Object.values(org.data.authenticators).flatMap((one) => [[one.key, one.status], ...one.methods.map((method) => [`${one.key}/${method.type}`, method.status])]))

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

test(`${COUNT} random policies: push, decide alike, plan empty, pull, prove`, async () => {
  const seen = { held: 0, refused: 0, decisions: 0, rules: 0, assured: 0, activated: 0 }
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) await session({ ...CONFIG, inactive: inactive(seed) }, async ({ server, org, write, woapol }) => {
    const r = randomness(seed)
    const file = write('policy.woapol', source(r, { url: server.base }))
    const where = `seed ${seed}`
    const pushed = await woapol(['push', file, '--yes', '--allow-lockout'])
    if (pushed.status === 3) {
      assert.match(pushed.stdout + pushed.stderr, /WOA6\d\d\d/, `${where}: ${pushed.stderr}`)
      seen.refused++
      return
    }
    assert.equal(pushed.status, 0, `${where}: ${pushed.stdout}${pushed.stderr}`)
    // What rules ask for is active, nothing else was touched, and nothing was sent twice.
    const needed = asked(org), now = states(org), calls = server.writes().filter((one) => one.path.includes('/authenticators/')).map((one) => one.path)
    for (const name of inactive(seed)) assert.equal(now[name], needed.has(name) ? 'ACTIVE' : 'INACTIVE', `${where}: ${name}`)
    assert.equal(calls.length, inactive(seed).filter((name) => needed.has(name)).length, `${where}: ${calls}`)
    seen.activated += calls.length
    org.advance(61)
    const signIns = Array.from({ length: SIGN_INS }, () => signIn(r))
    const answers = await woapol(['eval', file], { input: signIns.map(({ request }) => JSON.stringify(request)).join('\n') })
    answers.stdout.trim().split('\n').forEach((line, i) => {
      const [wanted, got] = [ofWoapol(JSON.parse(line)), ofOkta(org, decide(org, signIns[i].signIn))]
      assert.ok(same(wanted, got), `${where}: ${JSON.stringify(signIns[i])}\nwoapol: ${line}\n${JSON.stringify(wanted)}\nOkta: ${JSON.stringify(decide(org, signIns[i].signIn))}`)
      seen.decisions++
    })
    const again = await woapol(['plan', file])
    assert.equal(again.status, 0, `${where}: the next plan is not empty: ${again.stdout}${again.stderr}`)
    const pulled = await woapol(['pull', file, '--out', 'pulled.woapol'])
    assert.equal(pulled.status, 0, `${where}: ${pulled.stdout}${pulled.stderr}`)
    const proved = await woapol(['prove', file, '--target', 'okta', '--pulled', 'pulled.woapol'])
    assert.equal(proved.status, 0, `${where}: ${proved.stdout}${proved.stderr}`)
    // The way back turns off what the push turned on; the push again.
    if (calls.length && seed % 10 === 0) {
      assert.equal((await woapol(['rollback', file, '--yes', '--allow-lockout'])).status, 0, where)
      for (const name of inactive(seed)) assert.equal(states(org)[name], 'INACTIVE', `${where}: ${name} after the way back`)
    }
    seen.held++
    seen.rules += org.rules().length
    seen.assured += org.rules().filter((rule) => !rule.system && rule.actions.appSignOn?.verificationMethod?.type === 'ASSURANCE').length
  })
  console.log(`# ${JSON.stringify(seen)}`)
  assert.ok(seen.held >= COUNT / 2, `only ${seen.held} of ${COUNT} could be held`)
})
