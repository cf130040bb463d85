// What an org holds, without what it numbers and dates: for telling whether two
// orgs hold the same. Objects are listed, so one too many shows.
const NUMBERED = new Set(['id', 'created', 'lastUpdated', 'history', '_links', 'kid', 'priority', 'audience'])

function named(org) {
  const names = new Map()
  const add = (kind, table, name) => Object.values(org.data[table]).forEach((one) => names.set(one.id ?? one.kid, `${kind} ${name(one)}`))
  add('zone', 'zones', (one) => one.name)
  add('policy', 'policies', (one) => one.name)
  add('group', 'groups', (one) => one.profile.name)
  add('user', 'users', (one) => one.profile.login)
  add('app', 'apps', (one) => one.label)
  add('assurance', 'assurances', (one) => one.name)
  add('idp', 'idps', (one) => one.name)
  return names
}
const strip = (value, names) => {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value)) {
    const list = value.map((one) => strip(one, names))
    return list.every((one) => typeof one === 'string') ? list.sort() : list
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !NUMBERED.has(key)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, strip(one, names)]))
}
const byText = (list) => list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

export function essence(org, { keep = () => true } = {}) {
  const names = named(org)
  const policies = org.policies.filter(keep).map(({ rules, ...policy }) => ({ ...strip(policy, names),
    rules: [...rules].sort((a, b) => a.priority - b.priority || Number(a.system) - Number(b.system)).map((rule) => strip(rule, names)) }))
  const table = (name) => byText(Object.values(org.data[name]).filter(keep).map((one) => strip(one, names)))
  const states = Object.values(org.data.authenticators).flatMap((one) => [`${one.key} ${one.status}`, ...one.methods.map((method) => `${one.key}/${method.type} ${method.status}`)])
  return { authenticators: states.sort(), policies: byText(policies), zones: table('zones'), assurances: table('assurances'), idps: table('idps'), keys: table('keys').length,
    apps: Object.fromEntries(Object.values(org.data.apps).map((app) => [app.label, names.get(app.policy)])) }
}
