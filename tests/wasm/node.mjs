// In Node: the corpus, the chain's progress, hostile images; writes page.html, the
// same corpus for the browser, with everything in it.
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'
import { compare } from './corpus.mjs'
import { load, WoapolError } from './index.mjs'

const work = process.argv[2]
function is(title, got, wanted) {
  const same = JSON.stringify(got) === JSON.stringify(wanted)
  console.log(`${same ? 'ok' : 'not ok'} - wasm ${title}${same ? '' : `: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`}`)
}

const wasm = await readFile(`${work}/woapol.wasm`)
const module = await WebAssembly.compile(wasm)
is('has no imports', WebAssembly.Module.imports(module), [])
// 14,322 bytes, 7.7 kB on its way; without binaryen a tenth more.
is('is small', wasm.length < 15.5 * 1024, true)
is('is smaller on its way', brotliCompressSync(wasm).length < 8.25 * 1024, true)
const woapol = await load(module)

const lines = async path => (await readFile(path, 'utf8')).split('\n').filter(line => line !== '').map(JSON.parse)
const cases = []
for (const file of (await readdir(`${work}/corpus`)).sort()) {
  if (!file.endsWith('.wob')) continue
  const base = `${work}/corpus/${file.slice(0, -4)}`
  const natives = await lines(`${base}.native`)
  const requests = await lines(`${base}.jsonl`)
  const pairs = requests.map((request, i) => [request, natives[i]])
    .filter(([, native]) => native !== undefined && native.effect !== undefined)
  cases.push({ name: file, image: await readFile(`${base}.wob`), pairs })
}
const { count, wrong } = compare(woapol, cases)
is('the corpus is not small', count > 1000, true)
is(`decides as native, ${count} requests`, wrong.slice(0, 3), [])

// An image at any offset of any buffer; one too large for the first memory.
const image = cases[0].image
const shifted = new Uint8Array(image.length + 3)
shifted.set(image, 3)
is('an image that is not aligned', compare(woapol, [{ ...cases[0], image: shifted.subarray(3) }]).wrong, [])
const many = Array.from({ length: 40000 }, (_, i) => `a group that nobody has heard of ${i}`)
const crowd = woapol.open(image).bind({ groups: many })
is('memory grows for many groups', crowd.decide({}).effect, woapol.open(image).bind({}).decide({}).effect)

// What is no image, or no longer one, is refused with a place.
const refusal = bytes => {
  try {
    woapol.open(bytes)
    return 'taken'
  } catch (error) {
    return error instanceof WoapolError && error.status > 0 && error.message !== '' ? 'refused' : String(error)
  }
}
is('an empty image', refusal(new Uint8Array(0)), 'refused')
is('a cut image', refusal(image.subarray(0, image.length - 8)), 'refused')
is('text', refusal(new TextEncoder().encode('policy P is default { otherwise allow }')), 'refused')
let taken = 0
for (let i = 0; i < 500; i++) {
  const bytes = new Uint8Array(image)
  bytes[(i * 7919) % bytes.length] ^= 1 << i % 8
  if (refusal(bytes) !== 'refused') taken++
}
is('a bit that is turned', taken, 0)

// The host has a policy, and the next image is no good: the one before decides on.
const before = woapol.open(image)
const staff = before.bind({ groups: ['a'] })
const decided = JSON.stringify(staff.decide({}))
const faults = { missing: undefined, empty: new Uint8Array(0), truncated: image.subarray(0, 100), corrupt: image.map((byte, i) => i === 500 ? byte ^ 1 : byte) }
for (const [what, bytes] of Object.entries(faults)) {
  let next = null
  try { next = woapol.open(bytes) } catch { /* refused: nothing to put in its place */ }
  is(`an image that is ${what} leaves the policy before`, [next, JSON.stringify(staff.decide({}))], [null, decided])
}
is('the generation is there to be compared', Number.isInteger(before.generation), true)

const policy = woapol.open(image)
const throws = run => { try { run(); return 'none' } catch (error) { return error.constructor.name } }
is('an address that is none', throws(() => policy.bind({}).decide({ ip: '1.2.3' })), 'TypeError')
is('a risk that is none', throws(() => policy.bind({}).decide({ risk: 'extreme' })), 'TypeError')
is('a chain that is none', [policy.chain(99999), policy.progress(99999, {}).state], [[], 'failed'])
is('two people in turn', (() => {
  const [a, b] = [policy.bind({ groups: ['a'] }), policy.bind({ groups: ['b'] })]
  const first = JSON.stringify(a.decide({}))
  b.decide({})
  return JSON.stringify(a.decide({})) === first
})(), true)

// Progress through every chain there is: pass what comes next, and it is done.
let chains = 0
let stuck = 0
for (const { image, pairs } of cases) {
  const open = woapol.open(image)
  for (const [request] of pairs.slice(0, 50)) {
    const { chain } = open.bind({ groups: request.groups, user: request.user }).decide(request)
    if (chain === null) continue
    const passed = []
    let now = open.progress(chain, { passed })
    for (let step = 0; step < 20 && now.state === 'next'; step++) {
      passed.push(now.methods[0])
      now = open.progress(chain, { passed })
    }
    chains++
    if (now.state !== 'done' || passed.length > open.chain(chain)[0].length) stuck++
  }
}
is('chains were walked', chains > 100, true)
is('every chain ends when its steps are passed', stuck, 0)

const encode = bytes => Buffer.from(bytes).toString('base64')
const few = cases.map(({ name, image, pairs }) => ({ name, image: encode(image), pairs: pairs.slice(0, 60) }))
const source = async name => (await readFile(`${work}/${name}`, 'utf8')).replace(/^export /gm, '')
await writeFile(`${work}/page.html`, `<!doctype html><meta charset="utf-8"><title>woapol</title><pre id="out">nothing yet</pre>
<script type="module">
${await source('index.mjs')}
${await source('corpus.mjs')}
const decode = text => Uint8Array.from(atob(text), c => c.charCodeAt(0))
const out = document.getElementById('out')
try {
  const cases = ${JSON.stringify(few).replaceAll('<', '\\u003c')}
  const woapol = await load(decode('${encode(wasm)}'))
  const { count, wrong } = compare(woapol, cases.map(one => ({ ...one, image: decode(one.image) })))
  out.textContent = 'wasm in Chromium: ' + count + ' decisions, ' + wrong.length + ' wrong ' + wrong.slice(0, 2).join(' ')
} catch (error) {
  out.textContent = 'wasm in Chromium: ' + error
}
</script>
`)
