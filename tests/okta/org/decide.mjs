// What the org decides of a sign-in, by Okta's own words (never by what woapol
// takes them to mean): zones as of a minute ago, the global session policy and the
// app's one access policy, both of which must let in.
//
// signIn: {app, user, groups: [names], chain: [client … nearest], platform: {type,
// os, agent}, device: {registered, managed, compliant, assurances: [ids]}, risk, userType,
// geo: {country, region, asn, proxyType, categories}, idp, behaviors, el: {TEXT: bool}}
import { address, holds } from './addresses.mjs'
import { seen } from './zones.mjs'

// From the address that connected towards the client: a gateway is inside, a proxy
// hands on, anything else is outside.
export function inside(zone, chain) {
  for (const text of [...chain].reverse().slice(0, 5)) {
    const where = address(text)
    if (!where) return false
    if (holds(zone.gateways ?? [], where)) return true
    if (chain.length === 1 || !holds(zone.proxies ?? [], where)) return false
  }
  return false
}

const placed = (places, geo) => places?.some((one) => one.country === geo.country && (!one.region || one.region === geo.region))
const PROXY = { Any: (type) => type !== undefined, Tor: (type) => type === 'Tor', TorAnonymizer: (type) => type === 'Tor', NotTorAnonymizer: (type) => type !== undefined && type !== 'Tor' }
function dynamic(zone, geo) {
  const parts = []
  if (zone.locations?.length) parts.push(placed(zone.locations, geo) ?? false)
  if (zone.asns?.length) parts.push(zone.asns.includes(geo.asn))
  if (zone.proxyType) parts.push(PROXY[zone.proxyType](geo.proxyType))
  return parts.length > 0 && parts.every(Boolean)
}
function dynamic2(zone, geo) {
  const tests = { locations: (list) => placed(list, geo) ?? false, asns: (list) => list.includes(geo.asn), ipServiceCategories: (list) => list.some((one) => geo.categories?.includes(one)) }
  const parts = []
  for (const [field, test] of Object.entries(tests)) {
    const { include = [], exclude = [] } = zone[field] ?? {}
    if (include.length) parts.push(test(include))
    if (exclude.length) parts.push(!test(exclude))
  }
  return parts.length > 0 && parts.every(Boolean)
}
export function inZone(org, id, signIn) {
  const zone = org.data.zones[id] && seen(org, org.data.zones[id])
  if (!zone || zone.status !== 'ACTIVE') return false
  if (zone.type === 'IP') return (signIn.chain?.length ?? 0) > 0 && inside(zone, signIn.chain)
  return (zone.type === 'DYNAMIC' ? dynamic : dynamic2)(zone, signIn.geo ?? {})
}

// ---- conditions: each gives true, false or undefined (not told) --------------------

function network(org, condition, signIn) {
  if (condition.connection !== 'ZONE') return true
  const among = (ids) => (ids.includes('ALL_ZONES') ? Object.keys(org.data.zones) : ids).some((id) => inZone(org, id, signIn))
  return condition.include ? among(condition.include) : !among(condition.exclude ?? [])
}
function people(org, { users = {}, groups = {} }, signIn) {
  const mine = (signIn.groups ?? []).map((name) => org.group(name)?.id).concat(org.group('Everyone').id)
  const me = Object.values(org.data.users).find((one) => one.profile.login === signIn.user)?.id
  if (users.exclude?.includes(me) || groups.exclude?.some((id) => mine.includes(id))) return false
  const asked = []
  if (users.include?.length) asked.push(users.include.includes(me))
  if (groups.include?.length) asked.push(groups.include.some((id) => mine.includes(id)))
  return asked.every(Boolean)
}
const anyOf = (word) => word === undefined || word === 'ANY'
function platform({ include = [], exclude = [] }, signIn) {
  const fits = ({ type, os }) => signIn.platform !== undefined && (anyOf(type) || type === signIn.platform.type) && (anyOf(os?.type) || os.type === signIn.platform.os) &&
    (!os?.expression || new RegExp(os.expression).test(signIn.platform.agent ?? ''))
  return (include.length === 0 || include.some(fits)) && !exclude.some(fits)
}
// A device meets an assurance of its platform by what the posture provider says of
// it; one that asks for more must be named in `assurances`.
function assured(org, id, { device: mine = {}, platform: { os } = {} }) {
  if (mine.assurances?.includes(id)) return true
  const { platform, thirdPartySignalProviders: { devicePostureIdP: asked, ...more } = {}, ...rest } = org.data.assurances[id]
  const others = ['osVersion', 'jailbreak', 'screenLockType', 'diskEncryptionType', 'secureHardwarePresent', 'osVersionConstraints', 'devicePostureChecks'].some((key) => key in rest)
  if (others || Object.keys(more).length || !asked || platform !== os || !mine.registered) return false
  return Object.entries(asked).every(([key, value]) => value === (mine[key] ?? false))
}
function device(org, { registered, managed, assurance }, signIn) {
  const { device: mine = {} } = signIn
  if (registered !== undefined && registered !== (mine.registered ?? false)) return false
  if (managed !== undefined && managed !== (mine.managed ?? false)) return false
  return !assurance?.include?.length || assurance.include.some((id) => assured(org, id, signIn))
}
const userType = ({ include = [], exclude = [] }, { userType: mine }) => (include.length === 0 || include.includes(mine)) && !exclude.includes(mine)
const provider = ({ provider: which, idpIds = [] }, { idp }) => anyOf(which) || (which === 'OKTA' ? idp === undefined : idpIds.includes(idp))
const identifier = ({ patterns = [] }, { user = '' }) => patterns.some(({ matchType, value }) =>
  ({ CONTAINS: user.includes(value), EQUALS: user === value, STARTS_WITH: user.startsWith(value), SUFFIX: user.endsWith(value) })[matchType])
const item = (org, one, signIn) => (one.type === 'APP' ? org.data.apps[one.id]?.label === signIn.app : org.app(signIn.app)?.name === one.name)
const app = (org, { include = [], exclude = [] }, signIn) => (include.length === 0 || include.some((one) => item(org, one, signIn))) && !exclude.some((one) => item(org, one, signIn))

const CONDITIONS = {
  network, people, app, device,
  platform: (org, condition, signIn) => platform(condition, signIn),
  userType: (org, condition, signIn) => userType(condition, signIn),
  riskScore: (org, { level }, signIn) => anyOf(level) || level === signIn.risk,
  identityProvider: (org, condition, signIn) => provider(condition, signIn),
  userIdentifier: (org, condition, signIn) => identifier(condition, signIn),
  authContext: (org, { authType }) => anyOf(authType),
  risk: (org, { behaviors = [] }, signIn) => behaviors.length === 0 || behaviors.some((id) => signIn.behaviors?.includes(id)),
  elCondition: (org, { condition }, signIn) => signIn.el?.[condition],
}
export const judge = (org, conditions, signIn) =>
  Object.entries(conditions ?? {}).map(([type, condition]) => ({ type, holds: CONDITIONS[type](org, condition, signIn) }))

export const inOrder = (policy) => policy.rules.filter((rule) => rule.status === 'ACTIVE')
  .sort((a, b) => a.priority - b.priority || Number(a.system) - Number(b.system))

function firstRule(org, policy, signIn, unclear) {
  return inOrder(policy).find((rule) => {
    const told = judge(org, rule.conditions, signIn)
    if (told.some((one) => one.holds === false)) return false
    for (const { type, holds } of told) if (holds === undefined) unclear.push(`${policy.name}/${rule.name}: ${type}`)
    return told.every((one) => one.holds)
  })
}

// The policy of a type that people are sorted into by group, and its rule.
function byGroup(org, type, signIn, unclear) {
  const all = org.policies.filter((one) => one.type === type && one.status === 'ACTIVE').sort((a, b) => Number(a.system) - Number(b.system) || a.priority - b.priority)
  for (const policy of all) {
    if (!policy.system && !people(org, policy.conditions?.people ?? {}, signIn)) continue
    const rule = firstRule(org, policy, signIn, unclear)
    if (rule) return { policy, rule }
  }
  return {}
}

function blocked(org, signIn) {
  const zones = Object.values(org.data.zones)
  const exempt = zones.find((zone) => zone.system && zone.name === 'DefaultExemptIpZone')
  if (inZone(org, exempt.id, signIn)) return undefined
  return zones.find((zone) => zone.usage === 'BLOCKLIST' && inZone(org, zone.id, signIn))
}

export function decide(org, signIn) {
  const unclear = []
  const blocker = blocked(org, signIn)
  const session = byGroup(org, 'OKTA_SIGN_ON', signIn, unclear)
  const policy = org.data.policies[org.app(signIn.app)?.policy]
  const rule = policy && firstRule(org, policy, signIn, unclear)
  const allowed = !blocker && session.rule?.actions.signon.access === 'ALLOW' && rule?.actions.appSignOn.access === 'ALLOW'
  const { policy: route, rule: routing } = byGroup(org, 'IDP_DISCOVERY', signIn, unclear)
  return { access: allowed ? 'ALLOW' : 'DENY', blocked: blocker?.name ?? null, policy: policy?.name ?? null, rule: rule?.name ?? null, system: rule?.system ?? null,
    session: { policy: session.policy?.name ?? null, rule: session.rule?.name ?? null, access: session.rule?.actions.signon.access ?? 'DENY' },
    routing: route && { rule: routing.name, providers: routing.actions.idp.providers },
    verification: allowed ? structuredClone(rule.actions.appSignOn.verificationMethod) : null, unclear }
}
