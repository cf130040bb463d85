// Policies of every type, and which app uses which.
import { invalid, missing, Refusal } from './errors.mjs'
import { anything, object, oneOf, text } from './shape.mjs'

const CREATED = ['ACCESS_POLICY', 'MFA_ENROLL', 'OKTA_SIGN_ON', 'PASSWORD', 'PROFILE_ENROLLMENT']
const TYPES = [...CREATED, 'IDP_DISCOVERY', 'DEVICE_SIGNAL_COLLECTION', 'ENTITY_RISK', 'POST_AUTH_SESSION', 'SESSION_VIOLATION_DETECTION']
const MOST = { ACCESS_POLICY: 5000, PROFILE_ENROLLMENT: 500 }
const IDENTITY_ENGINE = ['ACCESS_POLICY', 'PROFILE_ENROLLMENT', 'DEVICE_SIGNAL_COLLECTION', 'ENTITY_RISK', 'POST_AUTH_SESSION', 'SESSION_VIOLATION_DETECTION']

const policy = object({ type: oneOf(...TYPES), name: text({ most: 255, needed: true }), description: text(), conditions: anything(), settings: anything() },
  { needed: ['type', 'name'] })

export const find = (org, id) => org.data.policies[id] ?? (() => { throw missing('Policy', id) })()
const offered = (org, type) => {
  if (!org.idx && IDENTITY_ENGINE.includes(type)) throw new Refusal('E0000015')
}

export function show(base, { rules, resource, ...one }, org, expand) {
  const self = `${base}/api/v1/policies/${one.id}`
  const answer = { ...one, _links: { self: { href: self, hints: { allow: ['GET', 'PUT', ...(one.system ? [] : ['DELETE'])] } },
    rules: { href: `${self}/rules`, hints: { allow: ['GET', 'POST'] } } } }
  // All authenticators of the org are listed; who was not sent is kept out.
  if (one.type === 'MFA_ENROLL' && one.settings?.authenticators)
    answer.settings = { ...one.settings, authenticators: Object.values(org.data.authenticators).map(({ key }) =>
      one.settings.authenticators.find((other) => other.key === key) ?? { key, enroll: { self: 'NOT_ALLOWED' } }) }
  if (one.type === 'ACCESS_POLICY') {
    answer._embedded = { resourceType: resource }
    answer._links.mappings = { href: `${self}/mappings`, hints: { allow: ['GET', 'POST'] } }
  }
  if (expand === 'rules') answer._embedded = { ...answer._embedded, rules: rules.map((rule) => showRule(base, one.id, rule)) }
  return answer
}
export function showRule(base, policyId, rule) {
  const self = `${base}/api/v1/policies/${policyId}/rules/${rule.id}`
  const fixed = rule.system && ['IDP_DISCOVERY', 'MFA_ENROLL'].includes(rule.type)
  return { ...rule, _links: { self: { href: self, hints: { allow: fixed ? ['GET'] : rule.system ? ['GET', 'PUT'] : ['GET', 'PUT', 'DELETE'] } },
    ...(rule.system ? {} : { deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } } }) } }
}

const byPlace = (a, b) => a.priority - b.priority || Number(a.system) - Number(b.system)

export function list(org, query) {
  const type = query.get('type')
  if (!type) throw invalid('type', 'type: The field cannot be left blank')
  oneOf(...TYPES)(type, 'type')
  offered(org, type)
  const app = query.get('resourceId')
  return org.policies.filter((one) => one.type === type)
    .filter((one) => !query.get('status') || one.status === query.get('status'))
    .filter((one) => !query.get('q') || one.name.toLowerCase().startsWith(query.get('q').toLowerCase()))
    .filter((one) => !app || org.data.apps[app]?.policy === one.id)
    .sort(byPlace)
}

export function create(org, body) {
  const kept = policy(body, '')
  offered(org, kept.type)
  if (!CREATED.includes(kept.type)) throw invalid('type', `type: a policy of type ${kept.type} cannot be created`)
  const same = org.policies.filter((one) => one.type === kept.type)
  if (same.length >= (MOST[kept.type] ?? Infinity)) throw invalid('policy', 'the org has reached its limit of policies')
  const conditions = settled(org, kept)
  const rules = kept.type === 'ACCESS_POLICY' ? [org.catchAll()] : []
  const made = org.policy({ ...kept, description: kept.description ?? null, conditions }, rules)
  if (kept.type !== 'ACCESS_POLICY') placePolicy(org, made, body.priority)
  return made
}

function settled(org, kept) {
  const { conditions, type } = kept
  if (type === 'ACCESS_POLICY') {
    if (conditions && Object.keys(conditions).length) throw invalid('conditions', 'conditions: must be null for policies of type ACCESS_POLICY')
    return null
  }
  for (const id of conditions?.people?.groups?.include ?? [])
    if (!org.data.groups[id]) throw invalid('groups', `conditions.people.groups.include: Invalid group: ${id}`)
  return conditions ?? null
}

// Policies other than access policies have an order; the default is last.
function placePolicy(org, one, asked) {
  const own = org.policies.filter((other) => other.type === one.type && !other.system && other !== one).sort(byPlace)
  own.splice(Number.isInteger(asked) ? Math.min(Math.max(asked, 1), own.length + 1) - 1 : own.length, 0, one)
  own.forEach((other, index) => { other.priority = index + 1 })
  for (const other of org.policies) if (other.type === one.type && other.system) other.priority = own.length + 1
}

export function replace(org, id, body) {
  const old = find(org, id)
  const kept = policy(body, '')
  if (kept.type !== old.type) throw invalid('type', 'type: The type of a policy cannot be changed')
  const conditions = old.system ? old.conditions : settled(org, kept)
  Object.assign(old, kept, { description: kept.description ?? null, conditions, lastUpdated: org.stamp() })
  if (old.type !== 'ACCESS_POLICY' && !old.system && Number.isInteger(body.priority)) placePolicy(org, old, body.priority)
  return old
}

export function remove(org, id) {
  const old = find(org, id)
  if (old.system) throw invalid('policy', 'a system policy cannot be deleted')
  if (Object.values(org.data.apps).some((app) => app.policy === id)) throw new Refusal('E0000219', 'The policy is used by apps and cannot be deleted')
  delete org.data.policies[id]
  const own = org.policies.filter((other) => other.type === old.type && !other.system).sort(byPlace)
  if (old.type === 'ACCESS_POLICY') return
  own.forEach((other, index) => { other.priority = index + 1 })
  for (const other of org.policies) if (other.type === old.type && other.system) other.priority = own.length + 1
}

export function setStatus(org, id, status) {
  const one = find(org, id)
  if (one.type === 'ACCESS_POLICY' || one.system) throw invalid('policy', `policies of type ${one.type} cannot be deactivated`)
  Object.assign(one, { status, lastUpdated: org.stamp() })
}

export function clone(org, id) {
  const { name, description, type, rules, ...rest } = find(org, id)
  if (type !== 'ACCESS_POLICY') throw invalid('policy', 'only access policies can be cloned')
  const made = org.policy({ type, name: `[cloned] ${name}`, description, resource: rest.resource }, [])
  made.rules = rules.map((rule) => ({ ...structuredClone(rule), ...org.make('rul', {}) }))
  return made
}

// ---- apps ---------------------------------------------------------------------

export function mappings(org, base, id) {
  const { type } = find(org, id)
  if (type !== 'ACCESS_POLICY') return []
  return Object.values(org.data.apps).filter((app) => app.policy === id).map((app) => ({ id: `map${app.id.slice(3)}`, _links: {
    application: { href: `${base}/api/v1/apps/${app.id}` }, policy: { href: `${base}/api/v1/policies/${id}` },
    self: { href: `${base}/api/v1/policies/${id}/mappings/map${app.id.slice(3)}`, hints: { allow: ['GET', 'DELETE'] } } } }))
}
export const mapApp = () => { throw invalid('mapping', 'Policy mappings are no longer supported on this endpoint.') }

export function assign(org, appId, policyId) {
  const app = org.data.apps[appId]
  if (!app) throw missing('AppInstance', appId)
  const target = find(org, policyId)
  if (target.type !== 'ACCESS_POLICY' || target.resource !== 'APP') throw invalid('policy', 'the policy cannot be assigned to an app')
  app.policy = policyId
  app.lastUpdated = org.stamp()
}

export const showApp = (base, { policy, groups, ...app }) => ({ ...app, _links: {
  self: { href: `${base}/api/v1/apps/${app.id}` }, groups: { href: `${base}/api/v1/apps/${app.id}/groups` }, users: { href: `${base}/api/v1/apps/${app.id}/users` },
  ...(policy ? { accessPolicy: { href: `${base}/api/v1/policies/${policy}` } } : {}) } })
