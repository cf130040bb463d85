// Every call of the interface: method, path, scope, what it does.
import { invalid, malformed, missing, Refusal } from './errors.mjs'
import * as devices from './devices.mjs'
import * as idps from './idps.mjs'
import * as policies from './policies.mjs'
import * as rules from './rules.mjs'
import { simulate } from './simulate.mjs'
import * as zones from './zones.mjs'

const done = { status: 204 }
const gone = (act) => (context) => { act(context); return done }
const switched = (set, show) => ({ org, base, ids, act }) => {
  const one = set(org, ...ids, act === 'activate' ? 'ACTIVE' : 'INACTIVE')
  return show ? { body: show(base, one) } : done
}
const need = (table, what) => ({ org, ids: [id] }) => org.data[table][id] ?? (() => { throw missing(what, id) })()
const identityOnly = (handler) => (context) => {
  if (!context.org.idx) throw new Refusal('E0000022')
  return handler(context)
}
const paged = (items, most, usual = most) => ({ items, most, usual })
const group = (base, one) => ({ ...one, _links: { users: { href: `${base}/api/v1/groups/${one.id}/users` }, apps: { href: `${base}/api/v1/groups/${one.id}/apps` } } })
const user = (base, { admin, groups, ...one }) => ({ ...one, _links: { self: { href: `${base}/api/v1/users/${one.id}` } } })
const type = (base, one) => ({ ...one, _links: { self: { href: `${base}/api/v1/meta/types/user/${one.id}` } } })
const findUser = ({ org, ids: [id], caller }) => {
  const login = id === 'me' ? caller?.login : id
  return Object.values(org.data.users).find((one) => one.id === id || one.profile.login === login) ?? (() => { throw missing('User', id) })()
}
const quoted = (expression, field) => new RegExp(`^${field.replace('.', '\\.')} (eq|sw) "((?:[^"\\\\]|\\\\.)*)"$`).exec(expression)

function groupsOf({ org, query }) {
  let found = Object.values(org.data.groups)
  const [search, q, filter] = ['search', 'q', 'filter'].map((key) => query.get(key))
  const byName = search && quoted(search, 'profile.name')
  if (search && !byName) throw invalid('search')
  if (byName) {
    const name = byName[2].replace(/\\(.)/g, '$1')
    found = found.filter((one) => (byName[1] === 'eq' ? one.profile.name === name : one.profile.name.startsWith(name)))
  }
  if (q) found = found.filter((one) => one.profile.name.toLowerCase().startsWith(q.toLowerCase()))
  const byType = filter && quoted(filter, 'type')
  if (filter && !byType) throw invalid('filter')
  if (byType) found = found.filter((one) => one.type === byType[2])
  return found
}

const P = '/api/v1/policies'
export const ROUTES = [
  ['GET', '/.well-known/okta-organization', null, ({ org, base }) => ({ body: { id: `00o${org.config.subdomain}`, pipeline: org.config.pipeline,
    settings: { analyticsCollectionEnabled: false, bugReportingEnabled: true, omEnabled: false },
    _links: { organization: { href: base }, alternate: { href: base } } } })],
  ['GET', '/api/v1/org', 'orgs.read', ({ org }) => ({ body: { id: `00o${org.config.subdomain}`, subdomain: org.config.subdomain, companyName: org.config.subdomain, status: 'ACTIVE' } })],
  ['GET', '/api/v1/features', 'features.read', () => ({ body: [] })],

  ['GET', '/api/v1/zones', 'networkZones.read', ({ org, base, query }) => ({ body: zones.list_(org, query).map((one) => zones.show(base, one)) })],
  ['POST', '/api/v1/zones', 'networkZones.manage', ({ org, base, body }) => ({ body: zones.show(base, zones.create(org, body)) })],
  ['GET', '/api/v1/zones/:', 'networkZones.read', ({ org, base, ids }) => ({ body: zones.show(base, zones.get(org, ...ids)) })],
  ['PUT', '/api/v1/zones/:', 'networkZones.manage', ({ org, base, ids, body }) => ({ body: zones.show(base, zones.replace(org, ...ids, body)) })],
  ['DELETE', '/api/v1/zones/:', 'networkZones.manage', gone(({ org, ids }) => zones.remove(org, ...ids))],
  ['POST', '/api/v1/zones/:/lifecycle/!', 'networkZones.manage', switched(zones.setStatus, zones.show)],

  ['POST', `${P}/simulate`, 'policies.read', identityOnly(({ org, body, query }) => ({ body: simulate(org, body, query) }))],
  ['GET', P, 'policies.read', ({ org, base, query }) => paged(policies.list(org, query).map((one) => policies.show(base, one, org, query.get('expand'))), 200, Infinity)],
  ['POST', P, 'policies.manage', ({ org, base, body }) => ({ body: policies.show(base, policies.create(org, body), org) })],
  ['GET', `${P}/:`, 'policies.read', ({ org, base, ids, query }) => ({ body: policies.show(base, policies.find(org, ...ids), org, query.get('expand')) })],
  ['PUT', `${P}/:`, 'policies.manage', ({ org, base, ids, body }) => ({ body: policies.show(base, policies.replace(org, ...ids, body), org) })],
  ['DELETE', `${P}/:`, 'policies.manage', gone(({ org, ids }) => policies.remove(org, ...ids))],
  ['POST', `${P}/:/lifecycle/!`, 'policies.manage', switched(policies.setStatus)],
  ['POST', `${P}/:/clone`, 'policies.manage', identityOnly(({ org, base, ids }) => ({ body: policies.show(base, policies.clone(org, ...ids), org) }))],
  ['GET', `${P}/:/mappings`, 'policies.read', ({ org, base, ids }) => ({ body: policies.mappings(org, base, ...ids) })],
  ['POST', `${P}/:/mappings`, 'policies.manage', policies.mapApp],
  ['GET', `${P}/:/app`, 'policies.read', ({ org, base, ids }) => ({ body: Object.values(org.data.apps).filter((app) => app.policy === policies.find(org, ...ids).id).map((app) => policies.showApp(base, app)) })],
  ['GET', `${P}/:/rules`, 'policies.read', ({ org, base, ids }) => ({ body: rules.list(org, ...ids).map((one) => policies.showRule(base, ids[0], one)) })],
  ['POST', `${P}/:/rules`, 'policies.manage', ({ org, base, ids, body, query }) => ({ body: policies.showRule(base, ids[0], rules.create(org, ...ids, body, query)) })],
  ['GET', `${P}/:/rules/:`, 'policies.read', ({ org, base, ids }) => ({ body: policies.showRule(base, ids[0], rules.get(org, ...ids)) })],
  ['PUT', `${P}/:/rules/:`, 'policies.manage', ({ org, base, ids, body }) => ({ body: policies.showRule(base, ids[0], rules.replace(org, ...ids, body)) })],
  ['DELETE', `${P}/:/rules/:`, 'policies.manage', gone(({ org, ids }) => rules.remove(org, ...ids))],
  ['POST', `${P}/:/rules/:/lifecycle/!`, 'policies.manage', switched(rules.setStatus)],

  ['GET', '/api/v1/apps', 'apps.read', ({ org, base, query }) => paged(Object.values(org.data.apps)
    .filter((one) => !query.get('q') || one.label.toLowerCase().startsWith(query.get('q').toLowerCase())).map((one) => policies.showApp(base, one)), 200, 20)],
  ['GET', '/api/v1/apps/:', 'apps.read', (context) => ({ body: policies.showApp(context.base, need('apps', 'AppInstance')(context)) })],
  ['PUT', '/api/v1/apps/:/policies/:', 'apps.manage', identityOnly(gone(({ org, ids }) => policies.assign(org, ...ids)))],
  ['GET', '/api/v1/groups', 'groups.read', (context) => paged(groupsOf(context).map((one) => group(context.base, one)), 10000)],
  ['GET', '/api/v1/groups/:', 'groups.read', (context) => ({ body: group(context.base, need('groups', 'UserGroup')(context)) })],
  ['GET', '/api/v1/groups/:/users', 'groups.read', ({ org, base, ids: [id] }) => paged(Object.values(org.data.users).filter((one) => one.groups.includes(id)).map((one) => user(base, one)), 1000)],
  ['GET', '/api/v1/users', 'users.read', ({ org, base, query }) => {
    const asked = query.get('filter') ?? query.get('search')
    const wanted = asked?.split(' or ').map((term) => quoted(term, 'profile.login') ?? quoted(term, 'id') ?? (() => { throw invalid('filter') })()).map((found) => found[2])
    return paged(Object.values(org.data.users).filter((one) => !wanted || wanted.includes(one.id) || wanted.includes(one.profile.login)).map((one) => user(base, one)), 200)
  }],
  ['GET', '/api/v1/users/:', 'users.read', (context) => ({ body: user(context.base, findUser(context)) })],
  ['GET', '/api/v1/users/:/groups', 'users.read', (context) => ({ body: findUser(context).groups.map((id) => group(context.base, context.org.data.groups[id])) })],
  ['GET', '/api/v1/meta/types/user', 'userTypes.read', ({ org, base }) => ({ body: Object.values(org.data.types).map((one) => type(base, one)) })],

  ['GET', '/api/v1/idps/credentials/keys', 'idps.read', ({ org }) => paged(Object.values(org.data.keys), 200, 20)],
  ['POST', '/api/v1/idps/credentials/keys', 'idps.manage', ({ org, body }) => ({ body: idps.createKey(org, body) })],
  ['GET', '/api/v1/idps/credentials/keys/:', 'idps.read', ({ org, ids }) => ({ body: idps.getKey(org, ...ids) })],
  ['DELETE', '/api/v1/idps/credentials/keys/:', 'idps.manage', gone(({ org, ids }) => idps.removeKey(org, ...ids))],
  ['GET', '/api/v1/idps', 'idps.read', ({ org, base, query }) => paged(Object.values(org.data.idps)
    .filter((one) => !query.get('type') || one.type === query.get('type')).filter((one) => !query.get('q') || one.name.startsWith(query.get('q'))).map((one) => idps.show(base, one)), 200, 20)],
  ['POST', '/api/v1/idps', 'idps.manage', ({ org, base, body }) => ({ body: idps.show(base, idps.create(org, body)) })],
  ['GET', '/api/v1/idps/:', 'idps.read', ({ org, base, ids }) => ({ body: idps.show(base, idps.get(org, ...ids)) })],
  ['PUT', '/api/v1/idps/:', 'idps.manage', ({ org, base, ids, body }) => ({ body: idps.show(base, idps.replace(org, ...ids, body)) })],
  ['DELETE', '/api/v1/idps/:', 'idps.manage', gone(({ org, ids }) => idps.remove(org, ...ids))],
  ['POST', '/api/v1/idps/:/lifecycle/!', 'idps.manage', switched(idps.setStatus, idps.show)],

  ['GET', '/api/v1/device-assurances', 'deviceAssurance.read', identityOnly(({ org, base }) => ({ body: Object.values(org.data.assurances).map((one) => devices.show(base, one)) }))],
  ['POST', '/api/v1/device-assurances', 'deviceAssurance.manage', identityOnly(({ org, base, body }) => ({ body: devices.show(base, devices.create(org, body)) }))],
  ['GET', '/api/v1/device-assurances/:', 'deviceAssurance.read', identityOnly(({ org, base, ids }) => ({ body: devices.show(base, devices.get(org, ...ids)) }))],
  ['PUT', '/api/v1/device-assurances/:', 'deviceAssurance.manage', identityOnly(({ org, base, ids, body }) => ({ body: devices.show(base, devices.replace(org, ...ids, body)) }))],
  ['DELETE', '/api/v1/device-assurances/:', 'deviceAssurance.manage', identityOnly(gone(({ org, ids }) => devices.remove(org, ...ids)))],
  ['GET', '/api/v1/device-integrations', 'deviceIntegrations.read', identityOnly(({ org }) => ({ body: Object.values(org.data.integrations) }))],
  ['GET', '/api/v1/authenticators', 'authenticators.read', identityOnly(({ org, base }) => ({ body: Object.values(org.data.authenticators).map((one) => devices.showAuthenticator(base, one)) }))],
  ['GET', '/api/v1/authenticators/:', 'authenticators.read', identityOnly(({ org, base, ids }) => ({ body: devices.showAuthenticator(base, devices.authenticator(org, ...ids)) }))],
  ['GET', '/api/v1/authenticators/:/methods', 'authenticators.read', identityOnly(({ org, ids }) => ({ body: devices.authenticator(org, ...ids).methods }))],
  ['POST', '/api/v1/authenticators/:/lifecycle/!', 'authenticators.manage', identityOnly(switched(devices.setAuthenticator, devices.showAuthenticator))],
  ['GET', '/api/v1/authenticators/:/methods/:', 'authenticators.read', identityOnly(({ org, base, ids }) => ({ body: devices.showMethod(base, devices.method(org, ...ids)) }))],
  ['POST', '/api/v1/authenticators/:/methods/:/lifecycle/!', 'authenticators.manage', identityOnly(switched(devices.setMethod, devices.showMethod))],
  ['GET', '/api/v1/behaviors', 'behaviors.read', ({ org }) => ({ body: Object.values(org.data.behaviors) })],
  ['POST', '/api/v1/behaviors', 'behaviors.manage', ({ org, body }) => ({ body: devices.createBehavior(org, body) })],
  ['GET', '/api/v1/behaviors/:', 'behaviors.read', ({ org, ids }) => ({ body: devices.getBehavior(org, ...ids) })],
  ['GET', '/api/v1/logs', 'logs.read', ({ org }) => paged(org.log, 1000, 100)],
].map(([method, path, scope, handler]) => ({ method, path, scope, handler,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:/g, '([^/]+)').replace('!', '(activate|deactivate)')}$`), lifecycle: path.endsWith('!') }))

// The route of a call, with its identifiers; refusals as Okta's.
export function route(method, path) {
  const there = ROUTES.filter((one) => one.pattern.test(path))
  if (!there.length) throw missing('Endpoint', path)
  const found = there.find((one) => one.method === method)
  if (!found) throw new Refusal('E0000022')
  let ids
  try { ids = found.pattern.exec(path).slice(1).map(decodeURIComponent) } catch { throw malformed() }
  return { ...found, act: found.lifecycle ? ids.pop() : undefined, ids }
}
