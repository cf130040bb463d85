// Device assurance, behaviours, authenticators' lifecycle, device integrations.
import { invalid, missing, Refusal } from './errors.mjs'
import { anything, flag, list, object, oneOf, text } from './shape.mjs'

const POSTURE = object({ managed: flag(), compliant: flag() })
const signals = object({ devicePostureIdP: POSTURE, dtc: anything(), androidDeviceTrust: anything() })
const osVersion = (parts) => object({ minimum: text({ match: new RegExp(`^\\d+(\\.\\d+){0,${parts - 1}}$`) }),
  dynamicVersionRequirement: object({ type: oneOf('MINIMUM', 'EXACT', 'EXACT_ANY_SUPPORTED'), distanceFromLatestMajor: anything(), latestSecurityPatch: flag() }) })
const lock = object({ include: list(oneOf('NONE', 'PASSCODE', 'BIOMETRIC'), { least: 1 }) })
const disk = (...words) => object({ include: list(oneOf(...words), { least: 1 }) })

const PLATFORMS = {
  IOS: { osVersion: osVersion(3), jailbreak: flag(), screenLockType: lock },
  ANDROID: { osVersion: osVersion(3), jailbreak: flag(), screenLockType: lock, diskEncryptionType: disk('FULL', 'USER'), secureHardwarePresent: flag() },
  MACOS: { osVersion: osVersion(3), screenLockType: lock, diskEncryptionType: disk('ALL_INTERNAL_VOLUMES'), secureHardwarePresent: flag() },
  WINDOWS: { osVersion: osVersion(4), screenLockType: lock, diskEncryptionType: disk('ALL_INTERNAL_VOLUMES'), secureHardwarePresent: flag(), osVersionConstraints: anything() },
  CHROMEOS: {},
}
const COMMON = { name: text({ needed: true }), platform: oneOf(...Object.keys(PLATFORMS)), thirdPartySignalProviders: signals, displayRemediationMode: oneOf('HIDE', 'SHOW'),
  gracePeriod: anything(), devicePostureChecks: anything() }
const CONDITIONS = ['osVersion', 'jailbreak', 'screenLockType', 'diskEncryptionType', 'secureHardwarePresent', 'osVersionConstraints', 'thirdPartySignalProviders', 'devicePostureChecks']
const assurance = object((value) => ({ ...COMMON, ...PLATFORMS[value.platform] }), { needed: ['name', 'platform'], check: (kept) => {
  if (!CONDITIONS.some((key) => kept[key] !== undefined)) throw invalid('device assurance', 'Please select at least one device condition before saving')
} })

const find = (org, id) => org.data.assurances[id] ?? (() => { throw missing('DeviceAssurance', id) })()
export { find as get }
function settle(kept) {
  for (const key of ['screenLockType', 'diskEncryptionType']) kept[key]?.include.sort()
  return { displayRemediationMode: 'HIDE', ...kept }
}
export function create(org, body) {
  const kept = settle(assurance(body, ''))
  if (Object.values(org.data.assurances).some((one) => one.name === kept.name)) throw invalid('name', 'name: a device assurance policy with this name exists')
  const made = org.make('dae', kept)
  return (org.data.assurances[made.id] = made)
}
export function replace(org, id, body) {
  const { created } = find(org, id)
  return (org.data.assurances[id] = { id, created, ...settle(assurance(body, '')), lastUpdated: org.stamp() })
}
export function remove(org, id) {
  find(org, id)
  if (org.rules().some((rule) => rule.conditions?.device?.assurance?.include?.includes(id)))
    throw Object.assign(new Refusal('E0000001', 'Device assurance is in use by a policy'), { status: 409 })
  delete org.data.assurances[id]
}
export const show = (base, one) => ({ ...one, _links: { self: { href: `${base}/api/v1/device-assurances/${one.id}`, hints: { allow: ['GET', 'PUT', 'DELETE'] } } } })

// ---- authenticators -------------------------------------------------------------

export const authenticator = (org, id) => org.data.authenticators[id] ?? (() => { throw missing('Authenticator', id) })()
export function setAuthenticator(org, id, status) {
  const one = authenticator(org, id)
  const used = (value) => JSON.stringify(value ?? null).includes(`"key":"${one.key}"`)
  if (status === 'INACTIVE' && org.rules().some((rule) => used(rule.actions))) throw new Refusal('E0000148', 'The authenticator is used by a policy')
  return Object.assign(one, { status, lastUpdated: org.stamp() })
}
// A method is on or off by itself, whatever its authenticator is.
const method = (org, id, type) => authenticator(org, id).methods.find((one) => one.type === type) ?? (() => { throw missing('AuthenticatorMethod', type) })()
export function setMethod(org, id, type, status) {
  const { key } = authenticator(org, id), one = method(org, id, type)
  const used = (value) => value && typeof value === 'object' && ((value.key === key && value.method === type) || Object.values(value).some(used))
  if (status === 'INACTIVE' && org.rules().some((rule) => used(rule.actions))) throw new Refusal('E0000148', 'The authenticator is used by a policy')
  return Object.assign(one, { status })
}
export const showMethod = (base, one) => ({ ...one })
export { method }
export const showAuthenticator = (base, { methods, ...one }) => ({ ...one, _links: { self: { href: `${base}/api/v1/authenticators/${one.id}` },
  methods: { href: `${base}/api/v1/authenticators/${one.id}/methods`, hints: { allow: ['GET'] } } } })

// ---- behaviours -----------------------------------------------------------------

const behavior = object({ name: text({ needed: true, most: 128 }), status: oneOf('ACTIVE', 'INACTIVE'), settings: anything(),
  type: oneOf('ANOMALOUS_DEVICE', 'ANOMALOUS_IP', 'ANOMALOUS_LOCATION', 'VELOCITY') }, { needed: ['name', 'type'] })
export const getBehavior = (org, id) => org.data.behaviors[id] ?? (() => { throw missing('BehaviorRule', id) })()
export function createBehavior(org, body) {
  const made = org.make('bhv', { status: 'ACTIVE', ...behavior(body, '') })
  return (org.data.behaviors[made.id] = made)
}
