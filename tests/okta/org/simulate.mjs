// POST /api/v1/policies/simulate: which rule of the app's policy would match, as
// far as what was told goes.
import { inOrder, judge } from './decide.mjs'
import { invalid, malformed } from './errors.mjs'

const PLATFORM = { IOS: ['MOBILE', 'IOS'], ANDROID: ['MOBILE', 'ANDROID'], MOBILE_OTHER: ['MOBILE', 'OTHER'], MACOS: ['DESKTOP', 'MACOS'], WINDOWS: ['DESKTOP', 'WINDOWS'],
  CHROMEOS: ['DESKTOP', 'CHROMEOS'], DESKTOP_OTHER: ['DESKTOP', 'OTHER'] }
const STATUS = (holds) => (holds === undefined ? 'UNDEFINED' : holds ? 'MATCH' : 'NOT_MATCH')

export function simulate(org, body, query) {
  if (Array.isArray(body) || body === null || typeof body !== 'object') throw malformed()
  const { appInstance, policyTypes = ['ACCESS_POLICY'], policyContext: told = {} } = body
  const app = org.data.apps[appInstance]
  if (!app) throw invalid('appInstance')
  if (told.user?.id && told.groups?.ids) throw invalid('policyContext', 'policyContext: user and groups exclude each other')
  for (const id of told.groups?.ids ?? []) {
    if (!org.data.groups[id]) throw invalid('groups', `policyContext.groups: Invalid group: ${id}`)
    if (!app.groups.includes(id) && !app.groups.includes(org.group('Everyone').id)) throw invalid('groups', 'policyContext.groups: The group is not assigned to the app')
  }
  const groups = (told.groups?.ids ?? org.data.users[told.user?.id]?.groups ?? []).map((id) => org.data.groups[id].profile.name)
  const [type, os] = PLATFORM[told.device?.platform] ?? []
  const signIn = { app: app.label, groups, user: org.data.users[told.user?.id]?.profile.login, chain: told.ip ? [told.ip] : undefined, platform: type && { type, os },
    device: told.device && { registered: told.device.registered, managed: told.device.managed, assurances: [told.device.assuranceId].filter(Boolean) }, risk: told.risk?.level }
  const given = { people: told.groups || told.user, network: told.ip || told.zones, platform: told.device?.platform, device: told.device, riskScore: told.risk }
  const policy = org.data.policies[app.policy]
  const evaluated = inOrder(policy).map((rule) => {
    const conditions = judge(org, rule.conditions, signIn).map(({ type: name, holds }) => ({ type: name, status: STATUS(name in given && !given[name] ? undefined : holds) }))
    const status = conditions.some((one) => one.status === 'NOT_MATCH') ? 'NOT_MATCH' : conditions.some((one) => one.status === 'UNDEFINED') ? 'UNDEFINED' : 'MATCH'
    return { id: rule.id, name: rule.name, status, conditions }
  })
  const first = evaluated.findIndex((rule) => rule.status === 'MATCH')
  const wrap = (rules) => ({ policies: rules.length ? [{ id: policy.id, name: policy.name, status: 'MATCH', conditions: [], rules }] : [] })
  const expand = query.getAll('expand')
  return { evaluation: policyTypes.map((policyType) => ({ policyType, status: null, result: wrap(evaluated.slice(first, first + 1)),
    undefined: wrap(evaluated.slice(0, first).filter((rule) => rule.status === 'UNDEFINED')), evaluated: expand.includes('EVALUATED') ? wrap(evaluated.slice(0, first + 1)) : { policies: [] } })) }
}
