// Random policies that an Okta org can hold (or that must be refused with a
// finding), and random sign-ins, told both as a request of woapol's and as Okta
// sees them. What Okta calls things is written down here anew, not taken from
// stdlib.
import { ways } from './org/ways.mjs'

export function randomness(seed) {
  let state = (seed * 2654435761 + 1) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n) => Math.floor(next() * n)
  const pick = (list) => list[below(list.length)]
  return { below, pick, chance: (p) => next() < p,
    some: (list, most = list.length) => { const rest = [...list]; return Array.from({ length: 1 + below(Math.min(most, rest.length)) }, () => rest.splice(below(rest.length), 1)[0]) } }
}

// woapol's methods → Okta's authenticator and methods.
export const METHODS = {
  okta_password: ['okta_password', ['password']], okta_verify: ['okta_verify', ['push', 'totp', 'signed_nonce']], okta_verify_push: ['okta_verify', ['push']],
  okta_fastpass: ['okta_verify', ['signed_nonce']], okta_email: ['okta_email', ['email']], sms: ['phone_number', ['sms']], voice: ['phone_number', ['voice']],
  fido2: ['webauthn', ['webauthn']], duo: ['duo', ['duo']], security_question: ['security_question', ['security_question']],
}
export const PLATFORMS = {
  ios: { type: 'MOBILE', os: 'IOS' }, ipados: { type: 'MOBILE', os: 'IOS' }, android: { type: 'MOBILE', os: 'ANDROID' }, macos: { type: 'DESKTOP', os: 'MACOS' },
  windows: { type: 'DESKTOP', os: 'WINDOWS' }, chromeos: { type: 'DESKTOP', os: 'CHROMEOS' }, linux: { type: 'DESKTOP', os: 'LINUX' },
}
// An iPhone and an iPad are one to Okta: sources name both or neither.
const DEVICE_WORDS = [['ios', 'ipados'], ['android'], ['macos'], ['windows'], ['chromeos'], ['linux']]
export const GROUPS = { Staff: 'All Staff@corp.example', Sales: 'Sales@corp.example', Field: 'Field', Guests: 'Guests' }
export const USERS = ['ana@corp.example', 'ben@corp.example', 'cleo@corp.example']
export const APPS = ['Payroll', 'Mail', 'Wiki', 'Crm']
const PREFIXES = ['198.51.100.0/24', '198.51.100.64/26', '198.51.100.7/32', '203.0.113.0/25', '203.0.113.128/25', '192.0.2.16/28', '10.0.0.0/8', '10.8.0.0/14',
  '2001:db8::/32', '2001:db8:10::/48', '2001:db8:10:7::/64']
const SPANS = ['10.8.0.5 .. 10.8.3.250', '203.0.113.9 .. 203.0.113.9', '192.0.2.20 .. 192.0.2.40', '2001:db8:10::5 .. 2001:db8:10::ffff']
export const ADDRESSES = ['198.51.100.7', '198.51.100.8', '198.51.100.70', '198.51.100.200', '203.0.113.9', '203.0.113.10', '203.0.113.130', '192.0.2.16', '192.0.2.20', '192.0.2.31',
  '192.0.2.40', '192.0.2.41', '10.8.0.4', '10.8.0.5', '10.8.3.250', '10.8.3.251', '10.0.0.1', '8.8.8.8', '2001:db8::1', '192.0.2.100', '192.0.3.101', '2001:db8:10::5', '2001:db8:10::1:0', '2001:db8:10:7::9', '2a00::1']

// More entries than one zone takes.
const scattered = (r) => Array.from({ length: 151 + r.below(200) }, (_, i) => `192.0.${2 + (i >> 7)}.${(i & 127) * 2}/32`).join(' + ')
const network = (r, known) => {
  if (r.chance(0.05)) return scattered(r)
  const atom = () => (known.length && r.chance(0.3) ? r.pick(known) : r.chance(0.25) ? r.pick(SPANS) : r.pick(PREFIXES))
  let text = r.pick(PREFIXES)
  for (let more = r.below(3); more > 0; more--) text += ` ${r.pick(['+', '+', '-', '&'])} ${atom()}`
  return text.includes('&') && /[+-]/.test(text.replace(/\.\./g, '')) ? text.replaceAll('&', '+') : text
}

function atom(r, names) {
  switch (r.below(10)) {
    case 0: case 1: return `network in ${r.pick(names.networks)}`
    case 2: case 3: return `group in ${r.chance(0.5) ? r.pick(Object.keys(GROUPS)) : `{${r.some(Object.keys(GROUPS), 2).join(', ')}}`}`
    case 4: case 5: return `device in ${r.some(DEVICE_WORDS, 3).flat().join(' + ')}`
    case 6: return 'managed'
    case 7: return r.chance(0.5) ? `user in {"${r.some(USERS, 2).join('", "')}"}` : 'compliant'
    case 8: return `app in {${r.some(APPS, 2).join(', ')}}`
    default: return r.pick(['risk is high', 'risk >= medium', 'risk is low', 'risk is medium'])
  }
}
function condition(r, names, depth) {
  if (depth === 0 || r.chance(0.35)) {
    const one = atom(r, names)
    return r.chance(0.2) ? `not ${one}` : one
  }
  const parts = Array.from({ length: 2 + r.below(2) }, () => condition(r, names, depth - 1))
  return r.chance(0.7) ? parts.map((part) => (part.includes(' or ') ? `(${part})` : part)).join(' and ') : `(${parts.join(' or ')})`
}
const KNOWN = ['okta_password', 'security_question'], HAD = Object.keys(METHODS).filter((name) => !KNOWN.includes(name))
const any = (methods) => (methods.length > 1 ? `(${methods.join(' or ')})` : methods[0])
// What an assurance of Okta's says: one factor, or two in either order, of several sorts.
function assured(r, most) {
  if (r.chance(0.3)) return r.some(Object.keys(METHODS), 3).join(r.chance(0.5) ? ' or ' : ' else ')
  return r.some([1, 2, 3, 4], most).map(() => [any(r.some(KNOWN)), any(r.some(HAD, 3))]).flatMap(([a, b]) => [`${a} then ${b}`, `${b} then ${a}`]).join(' else ')
}
function chain(r, chains) {
  if (!chains || r.chance(0.15)) return r.chance(0.95) ? assured(r, chains ? 4 : 2) : 'okta_password then sms'
  // Many alternatives that differ in one step are few.
  if (r.chance(0.1)) return r.some(HAD, 7).map((name) => `okta_password then ${name}`).join(' else ')
  return plainChain(r)
}
function plainChain(r) {
  const step = () => { const methods = r.some(Object.keys(METHODS), 2); return methods.length > 1 ? `(${methods.join(' or ')})` : methods[0] }
  return r.some([1, 2, 3], 2).map((length) => Array.from({ length }, step).join(' then ')).join(' else ')
}

// A source that one org is to hold; `rules` of at most that many rules a policy.
// Without `assured` its chains are all such as Okta's authentication chains.
export function source(r, { url, rules = 6, posture = true, assured = true } = {}) {
  const chains = !assured || r.chance(0.8)
  const names = { networks: ['Net1', 'Net2', 'Net3'], chains: ['Chain1', 'Chain2', 'Chain3'] }
  const lines = ['tenant Corp {', '  kind = okta', `  url = "${url}"`, '  engine = identity', '  directory = active_directory', '  risk_scoring = yes', '  device_posture_provider = active', ...(chains ? [] : ['  authentication_chains = no']),
    `  authenticators = {${Object.keys(METHODS).join(', ')}}`, '}']
  names.networks.forEach((name, i) => lines.push(`network ${name} = ${network(r, names.networks.slice(0, i))}`))
  for (const [name, directory] of Object.entries(GROUPS)) lines.push(name === directory ? `group ${name}` : `group ${name} = "${directory}"`)
  for (const name of names.chains) lines.push(`chain ${name} = ${assured ? chain(r, chains) : plainChain(r)}`)
  for (const app of APPS) lines.push(`app ${app}`)
  const decision = () => (r.chance(0.4) ? 'deny' : `authenticate ${r.pick(names.chains)}${r.chance(0.6) ? ` every ${r.pick(['15m', '2h', '8h', '1d', '30d'])}` : ''}`)
  const named = r.chance(0.8) ? r.some(APPS, 3) : []
  const policies = [['Workforce', 'is default']]
  while (named.length) policies.push([`P${policies.length}`, `for ${named.splice(0, 1 + r.below(named.length)).join(', ')}`])
  for (const [name, selects] of policies) {
    lines.push(`policy ${name} ${selects} {`)
    for (let i = 1; i <= 1 + r.below(rules); i++) {
      let when = condition(r, names, 2)
      if (!posture) when = when.replace(/managed|compliant/g, 'risk is low')
      lines.push(`  rule ${r.chance(0.05) ? 'report ' : ''}r${i} when ${when} ${decision()}`)
    }
    lines.push(`  otherwise ${r.chance(0.7) ? 'deny' : decision()}`, '}')
  }
  return `${lines.join('\n')}\n`
}

// One sign-in: {request, signIn}.
export function signIn(r) {
  const device = r.chance(0.9) ? r.pick(Object.keys(PLATFORMS)) : undefined
  const groups = r.chance(0.8) ? r.some(Object.keys(GROUPS), 3) : []
  // Device assurance asks nobody but these whether a device is compliant.
  const managed = r.chance(0.4), compliant = r.chance(0.4) && ['ios', 'ipados', 'android', 'macos', 'windows'].includes(device)
  const [ip, app, user, risk] = [r.pick(ADDRESSES), r.pick(APPS), r.pick([...USERS, 'dora@corp.example']), r.pick(['low', 'medium', 'high'])]
  return { request: { ip, app, user, groups, risk, managed, compliant, ...(device ? { device } : {}) },
    signIn: { chain: [ip], app, user, groups: groups.map((name) => GROUPS[name]), risk: risk.toUpperCase(), platform: device ? PLATFORMS[device] : { type: 'OTHER', os: 'OTHER' },
      device: { registered: managed || compliant || r.chance(0.5), managed, compliant } } }
}

const seconds = (text) => {
  const [, d = 0, h = 0, m = 0, s = 0] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)
  return ((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60 + Number(s)
}
const AS_LONG_AS_IT_LASTS = 43800 * 3600

// Both decisions in one form, to be compared: by which ways people get in.
export function ofOkta(org, { access, verification, unclear }) {
  if (unclear.length) return { unclear }
  if (access === 'DENY') return { effect: 'deny' }
  const reauth = seconds(verification.reauthenticateIn)
  return { effect: 'authenticate', ways: [...ways(org, verification)].sort(), reauth: reauth === AS_LONG_AS_IT_LASTS ? null : reauth }
}
export function ofWoapol({ effect, chain: alternatives, reauth_s: reauth }) {
  if (effect !== 'authenticate') return { effect }
  const uses = (method) => METHODS[method][1].map((use) => `${METHODS[method][0]}/${use}${method === 'okta_fastpass' ? '!phishingResistant' : ''}`)
  const walk = ([step, ...rest]) => step.flatMap(uses).flatMap((mine) => (rest.length ? walk(rest).map((more) => `${mine} > ${more}`) : [mine]))
  return { effect, ways: [...new Set(alternatives.flatMap(walk))].sort(), reauth }
}
