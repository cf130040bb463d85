// The state of a fake Okta org: one plain tree (`data`), a clock that can be put
// forward, and identifiers in Okta's shape. What the interface does with it is in
// the modules beside.
import { createHash } from 'node:crypto'

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

export const AUTHENTICATORS = {
  okta_password: ['password', ['password']],
  security_question: ['security_question', ['security_question']],
  okta_email: ['email', ['email']],
  phone_number: ['phone', ['sms', 'voice']],
  okta_verify: ['app', ['push', 'totp', 'signed_nonce']],
  google_otp: ['app', ['otp']],
  webauthn: ['security_key', ['webauthn']],
  smart_card_idp: ['federated', ['cert']],
  external_idp: ['federated', ['idp']],
  duo: ['app', ['duo']],
  yubikey_token: ['security_key', ['otp']],
  rsa_token: ['security_key', ['otp']],
  onprem_mfa: ['security_key', ['otp']],
  symantec_vip: ['app', ['otp']],
  custom_otp: ['security_key', ['otp']],
  custom_app: ['app', ['push']],
  tac: ['tac', ['tac']],
}
export const KNOWLEDGE = new Set(['okta_password', 'security_question'])

export class Org {
  constructor(config = {}) {
    this.config = { pipeline: 'idx', subdomain: 'fake', riskScoring: true, knowledgeFirst: true,
      groups: ['Everyone'], apps: [], users: [], absent: [], inactive: [], zoneDelay: 60, ...config }
    this.shift = 0
    this.data = { count: 0, zones: {}, policies: {}, idps: {}, keys: {}, assurances: {}, authenticators: {}, groups: {},
      users: {}, apps: {}, types: {}, behaviors: {}, integrations: {} }
    this.log = []
    this.#furnish()
  }

  now() { return Date.now() + this.shift }
  advance(seconds) { this.shift += seconds * 1000 }
  stamp() { return `${new Date(this.now()).toISOString().slice(0, 19)}.000Z` }
  get idx() { return this.config.pipeline === 'idx' }

  id(prefix) {
    const hash = createHash('sha256').update(`${this.config.subdomain} ${prefix} ${this.data.count++}`).digest()
    return prefix + [...hash.subarray(0, 20 - prefix.length)].map((byte) => LETTERS[byte % 62]).join('')
  }
  make(prefix, fields) {
    const at = this.stamp()
    return { id: this.id(prefix), created: at, lastUpdated: at, ...fields }
  }
  note(eventType, target, reason) { this.log.push({ eventType, target, reason, published: this.stamp() }) }

  get policies() { return Object.values(this.data.policies) }
  rules() { return this.policies.flatMap((policy) => policy.rules) }
  defaultPolicy(type) { return this.policies.find((policy) => policy.type === type && policy.system && policy.resource !== 'END_USER_ACCOUNT_MANAGEMENT') }
  group(name) { return Object.values(this.data.groups).find((group) => group.profile.name === name) }
  app(name) { return Object.values(this.data.apps).find((app) => app.label === name) }

  // `inactive` has authenticators ("duo") and methods ("okta_verify/push").
  #status(name) { return this.config.inactive.includes(name) ? 'INACTIVE' : 'ACTIVE' }
  #put(table, object) { this.data[table][object.id] = object; return object }

  #furnish() {
    for (const name of ['LegacyIpZone', 'BlockedIpZone', 'DefaultExemptIpZone'])
      this.#put('zones', this.make('nzo', { type: 'IP', name, status: 'ACTIVE', system: true, gateways: null, proxies: null, history: [],
        usage: name === 'BlockedIpZone' ? 'BLOCKLIST' : 'POLICY' }))
    this.#put('zones', this.make('nzo', { type: 'DYNAMIC_V2', name: 'DefaultEnhancedDynamicZone', status: 'ACTIVE', usage: 'BLOCKLIST', system: true,
      history: [], ipServiceCategories: { include: ['ALL_ANONYMIZERS'], exclude: [] }, locations: { include: [], exclude: [] }, asns: { include: [], exclude: [] } }))
    this.#put('types', this.make('oty', { name: 'user', displayName: 'User', default: true }))
    for (const [key, [type, methods]] of Object.entries(AUTHENTICATORS)) {
      if (this.config.absent.includes(key)) continue
      this.#put('authenticators', this.make('aut', { key, type, name: key, status: this.#status(key),
        methods: methods.map((method) => ({ type: method, status: this.#status(`${key}/${method}`) })) }))
    }
    for (const name of new Set(['Everyone', ...this.config.groups]))
      this.#put('groups', this.make('00g', { type: name === 'Everyone' ? 'BUILT_IN' : 'OKTA_GROUP', profile: { name, description: null },
        objectClass: ['okta:user_group'] }))
    this.#furnishPolicies()
    for (const { login, groups = [], admin = false } of this.config.users)
      this.#put('users', this.make('00u', { status: 'ACTIVE', admin, type: { id: Object.keys(this.data.types)[0] },
        profile: { login, email: login, firstName: login.split('@')[0], lastName: 'Sample' },
        groups: ['Everyone', ...groups].map((name) => this.group(name).id) }))
    const usual = this.defaultPolicy('ACCESS_POLICY')
    for (const label of this.config.apps)
      this.#put('apps', this.make('0oa', { name: `app_${label.toLowerCase().replace(/\W/g, '')}`, label, status: 'ACTIVE', signOnMode: 'SAML_2_0',
        policy: usual?.id, groups: [this.group('Everyone').id] }))
  }

  policy(fields, rules) {
    const policy = this.make('00p', { status: 'ACTIVE', description: null, priority: 1, system: false, conditions: null, resource: 'APP', ...fields })
    policy.rules = rules.map((rule) => this.make(fields.type === 'ACCESS_POLICY' ? 'rul' : '0pr', { status: 'ACTIVE', system: true, conditions: null, ...rule }))
    return this.#put('policies', policy)
  }

  catchAll(verification = {}) {
    return { name: 'Catch-all Rule', type: 'ACCESS_POLICY', priority: 99,
      actions: { appSignOn: { access: 'ALLOW', verificationMethod: { factorMode: '2FA', type: 'ASSURANCE', reauthenticateIn: 'PT12H', ...verification } } } }
  }

  #furnishPolicies() {
    const everyone = { people: { groups: { include: [this.group('Everyone').id] } } }
    this.policy({ type: 'OKTA_SIGN_ON', name: 'Default Policy', system: true, conditions: everyone }, [{ name: 'Default Rule', type: 'SIGN_ON', priority: 1,
      conditions: { network: { connection: 'ANYWHERE' }, authContext: { authType: 'ANY' } },
      actions: { signon: { access: 'ALLOW', requireFactor: false, primaryFactor: 'PASSWORD_IDP_ANY_FACTOR', rememberDeviceByDefault: false,
        session: { usePersistentCookie: false, maxSessionIdleMinutes: 120, maxSessionLifetimeMinutes: 0 } } } }])
    this.policy({ type: 'IDP_DISCOVERY', name: 'Idp Discovery Policy', system: true }, [{ name: 'Default Rule', type: 'IDP_DISCOVERY', priority: 1,
      actions: { idp: { providers: [{ type: 'OKTA' }] } } }])
    this.policy({ type: 'MFA_ENROLL', name: 'Default Policy', system: true, conditions: everyone, settings: { type: 'AUTHENTICATORS',
      authenticators: Object.values(this.data.authenticators).map(({ key }) => ({ key, enroll: { self: key === 'okta_password' ? 'REQUIRED' : 'OPTIONAL' } })) } },
      [{ name: 'Default Rule', type: 'MFA_ENROLL', priority: 1, actions: { enroll: { self: 'CHALLENGE' } } }])
    this.policy({ type: 'PASSWORD', name: 'Default Policy', system: true, conditions: everyone, settings: {} },
      [{ name: 'Default Rule', type: 'PASSWORD', priority: 1, actions: {} }])
    if (!this.idx) return
    this.policy({ type: 'ACCESS_POLICY', name: 'Any two factors', system: true },
      [this.catchAll({ constraints: [{ possession: { deviceBound: 'REQUIRED', required: true } }] })])
    this.policy({ type: 'ACCESS_POLICY', name: 'Okta Account Management Policy', system: true, resource: 'END_USER_ACCOUNT_MANAGEMENT' }, [this.catchAll()])
    this.policy({ type: 'PROFILE_ENROLLMENT', name: 'Default Policy', system: true }, [{ name: 'Catch-all Rule', type: 'PROFILE_ENROLLMENT', priority: 99, actions: {} }])
  }

  snapshot() { return structuredClone({ data: this.data, shift: this.shift }) }
  restore({ data, shift }) { this.data = structuredClone(data); this.shift = shift }
}
