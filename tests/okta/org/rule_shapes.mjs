// What a rule of each type may hold, and what Okta makes of it: unknown keys are
// dropped at every depth, gaps are filled in.
import { KNOWLEDGE } from './org.mjs'
import { invalid, Refusal } from './errors.mjs'
import { anything, duration, flag, list, number, object, oneOf, text } from './shape.mjs'

const ids = () => list(text({ needed: true }))
const sides = (needed = []) => object({ include: ids(), exclude: ids() }, { needed })

const network = (org) => object({ connection: oneOf('ANYWHERE', 'ZONE'), include: ids(), exclude: ids() }, { needed: ['connection'], check: (kept, path) => {
  if (kept.connection === 'ANYWHERE') { delete kept.include; delete kept.exclude; return }
  const [inside, outside] = [kept.include?.length ?? 0, kept.exclude?.length ?? 0]
  if (inside && outside) throw invalid('network', 'network: You should either include or exclude network zones, not both.')
  if (!inside && !outside) throw invalid('network', 'network: You should either include or exclude network zones.')
  delete kept[inside ? 'exclude' : 'include']
  const zones = kept.include ?? kept.exclude
  if (zones.length === 1 && zones[0] === 'ALL_ZONES') return
  for (const id of zones) if (!org.data.zones[id]) throw invalid('network', `${path}: Invalid network zone: ${id}`)
} })
const people = (org) => object({ users: sides(), groups: sides() }, { check: (kept, path) => {
  for (const [kind, found] of [['users', org.data.users], ['groups', org.data.groups]])
    for (const id of [...(kept[kind]?.include ?? []), ...(kept[kind]?.exclude ?? [])])
      if (!found[id]) throw invalid(kind, `${path}.${kind}: Invalid id: ${id}`)
} })

const ACCESS_OS = ['ANDROID', 'ANY', 'CHROMEOS', 'IOS', 'LINUX', 'MACOS', 'OTHER', 'WINDOWS']
const ROUTING_OS = ['ANDROID', 'ANY', 'CHROMEOS', 'IOS', 'OTHER', 'OSX', 'WINDOWS']
const platform = (systems) => {
  const item = object({ type: oneOf('ANY', 'DESKTOP', 'MOBILE', 'OTHER'),
    os: object({ type: oneOf(...systems), expression: text(), version: object({ matchType: oneOf('EXPRESSION', 'SEMVER'), value: text() }) }, { check: (kept, path) => {
      if (kept.expression !== undefined && kept.type !== 'OTHER') throw invalid('platform', `${path}: expression is only allowed for OTHER`)
    } }) })
  return object({ include: list(item), exclude: list(item) })
}

const required = () => oneOf('REQUIRED', 'OPTIONAL')
const method = object({ key: text({ needed: true }), method: text({ needed: true }), id: text(), hardwareProtection: required(), phishingResistant: required(),
  userVerification: required(), userVerificationMethods: list(oneOf('BIOMETRICS', 'PIN')) }, { needed: ['key', 'method'] })
const constraint = { types: list(text()), methods: list(text()), required: flag(), reauthenticateIn: duration(), authenticationMethods: list(method), excludedAuthenticationMethods: list(method) }
const possession = { ...constraint, deviceBound: required(), hardwareProtection: required(), phishingResistant: required(), userPresence: required(), userVerification: required(),
  userVerificationMethods: list(oneOf('BIOMETRICS', 'PIN')) }
const chain = (depth) => object({ authenticationMethods: list(method, { least: 1 }), reauthenticateIn: duration(),
  next: depth < 3 ? (value, path) => list(chain(depth + 1), { most: 1 })(value, path) : (value) => {
    if (value?.length) throw invalid('next', 'next: a chain has at most 3 steps')
  } }, { needed: ['authenticationMethods'] })
const steps = function* (one) { yield one; for (const next of one.next ?? []) yield* steps(next) }

function checkChains(org, kept, path) {
  for (const one of kept.chains)
    for (const step of steps(one)) {
      if (step.reauthenticateIn !== undefined && kept.reauthenticateIn !== undefined)
        throw invalid('reauthenticateIn', `${path}: reauthenticateIn cannot be set on both the verification method and a chain`)
      for (const { key, method: use } of step.authenticationMethods) {
        const known = Object.values(org.data.authenticators).find((other) => other.key === key && other.status === 'ACTIVE')
        if (!known || !known.methods.some((other) => other.type === use && other.status === 'ACTIVE'))
          throw invalid('authenticationMethods', `${path}: authenticator ${key} with method ${use} is not available in this org`)
      }
    }
  if (!org.config.knowledgeFirst && kept.chains.some((one) => one.authenticationMethods.some(({ key }) => KNOWLEDGE.has(key))))
    throw new Refusal('E0000245')
}

function checkConstraints(kept, path) {
  const most = kept.factorMode === '1FA' ? 1 : 2
  if ((kept.constraints ?? []).some((one) => Object.keys(one).length > most))
    throw invalid('constraints', `${path}.constraints: names more classes than the factor mode has factors`)
  // Answers always tell whether the half is required.
  for (const one of kept.constraints ?? []) for (const half of Object.values(one)) half.required ??= !half.excludedAuthenticationMethods?.length
}

const verification = (org) => (value, path) => {
  const type = oneOf('ASSURANCE', 'AUTH_METHOD_CHAIN', 'ID_PROOFING')(value?.type, `${path}.type`)
  if (value && type === undefined) throw invalid('type', `${path}.type: The field cannot be left blank`)
  const shapes = {
    ASSURANCE: { factorMode: oneOf('1FA', '2FA'), reauthenticateIn: duration(), inactivityPeriod: duration(),
      constraints: list(object({ knowledge: object(constraint), possession: object(possession) })) },
    AUTH_METHOD_CHAIN: { chains: list(chain(1), { most: 5, least: 1 }), reauthenticateIn: duration() },
    ID_PROOFING: { id: text({ needed: true }) },
  }
  const needed = { ASSURANCE: ['factorMode'], AUTH_METHOD_CHAIN: ['chains'], ID_PROOFING: ['id'] }[type]
  return object({ type: () => type, ...shapes[type] }, { needed, check: (kept) => {
    if (type === 'AUTH_METHOD_CHAIN') checkChains(org, kept, path)
    if (type === 'ASSURANCE') checkConstraints(kept, path)
    const stepwise = (kept.chains ?? []).some((one) => [...steps(one)].some((step) => step.reauthenticateIn !== undefined))
    if (type !== 'ID_PROOFING' && !stepwise) kept.reauthenticateIn ??= 'PT12H'
  } })(value, path)
}

const riskScore = (org) => (value, path) => {
  if (value === undefined || value === null) return undefined
  if (!org.config.riskScoring) throw invalid('conditions', 'Invalid condition type specified: riskScore.')
  return object({ level: oneOf('ANY', 'LOW', 'MEDIUM', 'HIGH') }, { needed: ['level'] })(value, path)
}

const accessConditions = (org) => object({ people: people(org), network: network(org), platform: platform(ACCESS_OS), riskScore: riskScore(org),
  device: object({ registered: flag(), managed: flag(), assurance: object({ include: ids() }) }, { check: (kept, path) => {
    if (kept.managed !== undefined && kept.registered !== true) throw invalid('device', `${path}: managed needs registered true`)
    for (const id of kept.assurance?.include ?? []) if (!org.data.assurances[id]) throw invalid('device', `${path}.assurance: Invalid device assurance policy: ${id}`)
  } }),
  userType: sides(['include', 'exclude']), elCondition: object({ condition: text({ needed: true, most: 5000 }) }, { needed: ['condition'] }) })

function accessRule(org, value) {
  const kept = object({ conditions: accessConditions(org), actions: object({ appSignOn: object({ access: oneOf('ALLOW', 'DENY'), verificationMethod: verification(org),
    keepMeSignedIn: object({ postAuth: oneOf('ALLOWED', 'NOT_ALLOWED'), postAuthPromptFrequency: duration() }) }, { needed: ['access'] }) }, { needed: ['appSignOn'] }) },
  { needed: ['actions'] })(value, '')
  const { appSignOn } = kept.actions
  if (appSignOn.access === 'ALLOW' && !appSignOn.verificationMethod) throw invalid('verificationMethod', 'verificationMethod: The field cannot be left blank')
  appSignOn.keepMeSignedIn ??= { postAuth: 'NOT_ALLOWED' }
  const conditions = (kept.conditions ??= {})
  conditions.people ??= {}
  conditions.people.users = { exclude: [], ...conditions.people.users }
  conditions.userType ??= { include: [], exclude: [] }
  if (org.config.riskScoring) conditions.riskScore ??= { level: 'ANY' }
  if (conditions.platform && !conditions.platform.include?.length && !conditions.platform.exclude?.length) delete conditions.platform
  if (conditions.platform) conditions.platform.exclude ??= []
  return kept
}

const signOnRule = (org, value) => object({
  conditions: object({ people: people(org), network: network(org), authContext: object({ authType: oneOf('ANY', 'RADIUS', 'LDAP_INTERFACE') }), riskScore: riskScore(org),
    identityProvider: object({ provider: oneOf('ANY', 'OKTA', 'SPECIFIC_IDP'), idpIds: ids() }), risk: object({ behaviors: ids() }) }),
  actions: object({ signon: object({ access: oneOf('ALLOW', 'DENY'), primaryFactor: oneOf('PASSWORD_IDP', 'PASSWORD_IDP_ANY_FACTOR'), requireFactor: flag(),
    factorPromptMode: oneOf('ALWAYS', 'DEVICE', 'SESSION'), factorLifetime: number(0, 1e9), rememberDeviceByDefault: flag(),
    session: object({ maxSessionIdleMinutes: number(0, 1e9), maxSessionLifetimeMinutes: number(0, 1e9), usePersistentCookie: flag() }) }, { needed: ['access'], check: (kept, path) => {
      if (kept.requireFactor && !kept.factorPromptMode) throw invalid('factorPromptMode', `${path}: factorPromptMode is required with requireFactor`)
      if (kept.access === 'ALLOW') kept.session = { usePersistentCookie: false, maxSessionIdleMinutes: 120, maxSessionLifetimeMinutes: 0, ...kept.session }
    } }) }, { needed: ['signon'] }) }, { needed: ['actions'], check: (kept) => {
  kept.conditions = { network: { connection: 'ANYWHERE' }, authContext: { authType: 'ANY' }, ...kept.conditions }
  kept.conditions.people ??= {}
  kept.conditions.people.users = { exclude: [], ...kept.conditions.people.users }
} })(value, '')

const SINGLE = ['AgentlessDSSO', 'IWA', 'X509']
function routingRule(org, value) {
  for (const key of ['userIdentifier', 'platform'])
    if (value.conditions?.[key] && Object.keys(value.conditions[key]).length === 0) throw new Refusal('E0000009')
  const app = object({ type: oneOf('APP', 'APP_TYPE'), id: text(), name: text() }, { check: (kept, path) => {
    if (kept.type === 'APP' && !org.data.apps[kept.id]) throw invalid('app', `${path}: Invalid app: ${kept.id}`)
    if (kept.type === 'APP_TYPE' && !kept.name) throw invalid('app', `${path}.name: The field cannot be left blank`)
  } })
  const pattern = object({ matchType: oneOf('CONTAINS', 'EQUALS', 'EXPRESSION', 'STARTS_WITH', 'SUFFIX'), value: text() }, { needed: ['matchType', 'value'] })
  return object({
    conditions: object({ network: network(org), platform: platform(ROUTING_OS), app: object({ include: list(app), exclude: list(app) }),
      userIdentifier: object({ type: oneOf('IDENTIFIER', 'ATTRIBUTE'), attribute: text(), patterns: list(pattern, { least: 1 }) }, { check: (kept, path) => {
        const one = kept.type === 'ATTRIBUTE' || kept.patterns?.some((other) => other.matchType === 'EXPRESSION')
        if (one && kept.patterns.length > 1) throw invalid('userIdentifier', `${path}: only one pattern is allowed`)
      } }) }),
    actions: object({ idp: object({ idpSelectionType: oneOf('SPECIFIC', 'DYNAMIC'), shouldFallBackToOkta: flag(),
      providers: list(object({ type: text(), id: text(), name: text() }), { most: 10 }), matchCriteria: list(object({ providerExpression: text(), propertyName: text() })) }, { check: (kept, path) => {
      if (kept.idpSelectionType === 'DYNAMIC' ? kept.providers?.length : !kept.providers?.length) throw invalid('providers', `${path}.providers: is invalid`)
      if (kept.providers?.some((one) => SINGLE.includes(one.type)) && kept.providers.length > 1) throw invalid('providers', `${path}.providers: only one is allowed`)
      for (const one of kept.providers ?? [])
        if (one.type === 'SAML2' && !org.data.idps[one.id]) throw invalid('providers', `${path}.providers: Invalid IdP: ${one.id}`)
    } }) }, { needed: ['idp'] }) }, { needed: ['actions'], check: (kept) => {
    kept.conditions = { network: { connection: 'ANYWHERE' }, ...kept.conditions }
    if (kept.conditions.platform) kept.conditions.platform.exclude ??= []
    kept.actions.idp.idpSelectionType ??= 'SPECIFIC'
  } })(value, '')
}
const otherRule = (org, value) => object({ conditions: anything(), actions: anything() }, { needed: ['actions'] })(value, '')

// The policy's type → the rule's type and its reader.
export const RULES = {
  ACCESS_POLICY: ['ACCESS_POLICY', accessRule],
  OKTA_SIGN_ON: ['SIGN_ON', signOnRule],
  IDP_DISCOVERY: ['IDP_DISCOVERY', routingRule],
  MFA_ENROLL: ['MFA_ENROLL', otherRule],
  PASSWORD: ['PASSWORD', otherRule],
  PROFILE_ENROLLMENT: ['PROFILE_ENROLLMENT', otherRule],
}
