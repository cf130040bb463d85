// Random policies: pushed, the org decides as the source says; the next plan is
// empty; what is pulled proves equal. WOAPOL_POLICIES=1000 for more.
import assert from 'node:assert/strict'
import test from 'node:test'
import { decide } from './org/decide.mjs'
import { APPS, GROUPS, ofOkta, ofWoapol, randomness, signIn, source, USERS } from './random.mjs'
import { session } from './tool.mjs'

const COUNT = Number(process.env.WOAPOL_POLICIES ?? 20), FIRST = Number(process.env.WOAPOL_SEED ?? 1), SIGN_INS = 300
const CONFIG = { groups: [...Object.values(GROUPS), 'Admins'], apps: APPS, users: [{ login: 'admin@corp.example', groups: ['Admins'], admin: true }, ...USERS.map((login) => ({ login }))] }

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

test(`${COUNT} random policies: push, decide alike, plan empty, pull, prove`, async () => {
  const seen = { held: 0, refused: 0, decisions: 0, rules: 0, assured: 0 }
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) await session(CONFIG, async ({ server, org, write, woapol }) => {
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
    org.advance(61)
    const asked = Array.from({ length: SIGN_INS }, () => signIn(r))
    const answers = await woapol(['eval', file], { input: asked.map(({ request }) => JSON.stringify(request)).join('\n') })
    answers.stdout.trim().split('\n').forEach((line, i) => {
      const [wanted, got] = [ofWoapol(JSON.parse(line)), ofOkta(org, decide(org, asked[i].signIn))]
      assert.ok(same(wanted, got), `${where}: ${JSON.stringify(asked[i])}\nwoapol: ${line}\n${JSON.stringify(wanted)}\nOkta: ${JSON.stringify(decide(org, asked[i].signIn))}`)
      seen.decisions++
    })
    const again = await woapol(['plan', file])
    assert.equal(again.status, 0, `${where}: the next plan is not empty: ${again.stdout}${again.stderr}`)
    const pulled = await woapol(['pull', file, '--out', 'pulled.woapol'])
    assert.equal(pulled.status, 0, `${where}: ${pulled.stdout}${pulled.stderr}`)
    const proved = await woapol(['prove', file, '--target', 'okta', '--pulled', 'pulled.woapol'])
    assert.equal(proved.status, 0, `${where}: ${proved.stdout}${proved.stderr}`)
    seen.held++
    seen.rules += org.rules().length
    seen.assured += org.rules().filter((rule) => !rule.system && rule.actions.appSignOn?.verificationMethod?.type === 'ASSURANCE').length
  })
  console.log(`# ${JSON.stringify(seen)}`)
  assert.ok(seen.held >= COUNT / 2, `only ${seen.held} of ${COUNT} could be held`)
})
