// Rules within policies: shape by type, place by the policy's model.
import { invalid, missing } from './errors.mjs'
import { find as policyOf } from './policies.mjs'
import { modelOf } from './priorities.mjs'
import { RULES } from './rule_shapes.mjs'
import { number, object, oneOf, text } from './shape.mjs'

const MOST = { ACCESS_POLICY: 100, PROFILE_ENROLLMENT: 1 }
const head = object({ name: text({ most: 255, needed: true }), type: text(), priority: number(0, 1e9), status: oneOf('ACTIVE', 'INACTIVE') })

export const sorted = (policy) => [...policy.rules].sort((a, b) => a.priority - b.priority || Number(a.system) - Number(b.system))
export const list = (org, policyId) => sorted(policyOf(org, policyId))

export function get(org, policyId, ruleId) {
  const rule = policyOf(org, policyId).rules.find((one) => one.id === ruleId)
  if (!rule) throw missing('PolicyRule', ruleId)
  return rule
}

function read(org, policy, body) {
  const kept = head(body, '')
  const [type, shape] = RULES[policy.type]
  if (kept.type !== undefined && kept.type !== type) throw invalid('type', `type: rules of this policy are of type ${type}`)
  if (kept.name === undefined) throw invalid('name', 'name: The field cannot be left blank')
  return { kept: { name: kept.name, type, ...shape(org, body) }, asked: kept.priority }
}

export function create(org, policyId, body, query) {
  const policy = policyOf(org, policyId)
  if (policy.rules.length >= (MOST[policy.type] ?? Infinity)) throw invalid('rules', `a policy has at most ${MOST[policy.type]} rules`)
  const { kept, asked } = read(org, policy, body)
  const rule = org.make(policy.type === 'ACCESS_POLICY' ? 'rul' : '0pr', { status: query.get('activate') === 'false' ? 'INACTIVE' : 'ACTIVE', system: false, ...kept })
  modelOf(policy.type).place(policy.rules, rule, asked)
  policy.rules.push(rule)
  return rule
}

export function replace(org, policyId, ruleId, body) {
  const policy = policyOf(org, policyId)
  const rule = get(org, policyId, ruleId)
  if (rule.system) return replaceSystem(org, policy, rule, body)
  const { kept, asked } = read(org, policy, body)
  modelOf(policy.type).place(policy.rules, rule, asked)
  for (const key of ['conditions', 'actions']) delete rule[key]
  return Object.assign(rule, kept, { lastUpdated: org.stamp() })
}

function replaceSystem(org, policy, rule, body) {
  if (!['ACCESS_POLICY', 'OKTA_SIGN_ON'].includes(policy.type)) throw invalid('rule', 'the default rule cannot be changed')
  if (policy.type === 'OKTA_SIGN_ON' && !org.idx) throw invalid('rule', 'the default rule cannot be changed')
  const { kept } = read(org, policy, body)
  if (policy.type === 'OKTA_SIGN_ON' && kept.actions.signon.session) kept.actions.signon.session.usePersistentCookie = false
  return Object.assign(rule, { actions: kept.actions, lastUpdated: org.stamp() })
}

export function remove(org, policyId, ruleId) {
  const policy = policyOf(org, policyId)
  const rule = get(org, policyId, ruleId)
  if (rule.system) throw invalid('rule', 'the system rule cannot be deleted')
  policy.rules = policy.rules.filter((one) => one !== rule)
  modelOf(policy.type).removed(policy.rules)
}

export function setStatus(org, policyId, ruleId, status) {
  const rule = get(org, policyId, ruleId)
  if (rule.system) throw invalid('rule', 'the system rule cannot be deactivated')
  if (status === 'ACTIVE')
    for (const id of rule.conditions?.network?.include ?? rule.conditions?.network?.exclude ?? [])
      if (org.data.zones[id]?.status === 'INACTIVE') throw invalid('network', 'a rule that names an inactive zone cannot be activated')
  Object.assign(rule, { status, lastUpdated: org.stamp() })
}
