// By which methods, in which order, a verification lets people in. Written from
// Okta's documents alone:
//   AUTH_METHOD_CHAIN   one of the chains, its steps in order, one method of each;
//   ASSURANCE           1FA: one factor; 2FA: two of different kinds, in any order. Of the
//                       objects in `constraints` one must be satisfied, with all in it:
//                       what it names is required unless `required` is false, which is the
//                       default where methods are excluded. Inherence is the second factor
//                       only where no knowledge is asked for.
// A way is a text: methods "key/method" (with what is demanded of them), in their order.
import { KNOWLEDGE } from './org.mjs'

const DEMANDS = ['phishingResistant', 'hardwareProtection', 'userVerification']
const INHERENT = { phishingResistant: new Set(['webauthn', 'smart_card_idp']) } // whatever is asked
const CAPABLE = { phishingResistant: new Set(['okta_verify/signed_nonce']) } // where it is asked
const BOUND = new Set(['okta_verify'])
// A security key knows its owner; a smart card asks for a PIN.
const SELF_SUFFICIENT = new Set(['webauthn', 'smart_card_idp'])

const name = ({ key, method }, demands = []) => [`${key}/${method}`, ...demands].join('!')
const demanded = (one) => DEMANDS.filter((demand) => one[demand] === 'REQUIRED')

function* chained(step) {
  for (const method of step.authenticationMethods) {
    const mine = name(method, demanded(method))
    if (!step.next?.length) yield mine
    for (const next of step.next ?? []) for (const rest of chained(next)) yield `${mine} > ${rest}`
  }
}

const listed = (list, one) => list.some((other) => other.key === one.key && (!other.method || other.method === one.method))
const within = (words, word) => words.some((other) => other.toLowerCase() === word)
function fits(constraint, one) {
  const { types, methods, authenticationMethods: only, excludedAuthenticationMethods: excluded } = constraint
  if (types?.length && !within(types, one.type)) return false
  if (methods?.length && !within(methods, one.method)) return false
  if (only?.length && !listed(only, one)) return false
  if (excluded?.length && listed(excluded, one)) return false
  return constraint.deviceBound !== 'REQUIRED' || BOUND.has(one.key)
}
// What has to be demanded of the method so that it meets the constraint; undefined: nothing makes it.
function asked(constraint, one) {
  const demands = []
  for (const demand of demanded(constraint)) {
    if (INHERENT[demand]?.has(one.key)) continue
    if (demand === 'phishingResistant' && !CAPABLE[demand].has(`${one.key}/${one.method}`)) return undefined
    demands.push(demand)
  }
  return name(one, demands)
}

function satisfied(org, two, constraint) {
  const all = Object.values(org.data.authenticators).filter((one) => one.status === 'ACTIVE')
    .flatMap((one) => one.methods.filter(({ status }) => status === 'ACTIVE').map((method) => ({ key: one.key, type: one.type, method: method.type })))
  const required = (half) => constraint[half] !== undefined && (constraint[half].required ?? !constraint[half].excludedAuthenticationMethods?.length)
  const offer = (half) => all.filter((one) => KNOWLEDGE.has(one.key) === (half === 'knowledge') && fits(constraint[half] ?? {}, one))
    .map((one) => ({ text: asked(constraint[half] ?? {}, one), alone: SELF_SUFFICIENT.has(one.key) })).filter(({ text }) => text !== undefined)
  const [known, had] = [offer('knowledge'), offer('possession')]
  if (!two) return [...(required('possession') ? [] : known), ...(required('knowledge') ? [] : had)].map(({ text }) => text)
  const pairs = known.flatMap((one) => had.flatMap((other) => [`${one.text} > ${other.text}`, `${other.text} > ${one.text}`]))
  return [...pairs, ...(required('knowledge') ? [] : had.filter(({ alone }) => alone).map(({ text }) => text))]
}

export function ways(org, verification) {
  if (verification.type === 'AUTH_METHOD_CHAIN') return new Set(verification.chains.flatMap((chain) => [...chained(chain)]))
  if (verification.type !== 'ASSURANCE') throw new Error(`no ways through ${verification.type}`)
  const objects = verification.constraints?.length ? verification.constraints : [{}]
  return new Set(objects.flatMap((constraint) => satisfied(org, verification.factorMode === '2FA', constraint)))
}
