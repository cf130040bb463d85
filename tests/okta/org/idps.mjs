// SAML identity providers and the certificates they trust.
import { createHash, X509Certificate } from 'node:crypto'
import { invalid, malformed, missing, Refusal } from './errors.mjs'
import { anything, list, number, object, oneOf, text } from './shape.mjs'

const findKey = (org, kid) => org.data.keys[kid] ?? (() => { throw missing('JsonWebKey', kid) })()
const find = (org, id) => org.data.idps[id] ?? (() => { throw missing('IdpTrust', id) })()
export { find as get, findKey as getKey }

function certificate(x5c) {
  if (!Array.isArray(x5c) || x5c.length !== 1 || typeof x5c[0] !== 'string') throw malformed()
  try { return new X509Certificate(Buffer.from(x5c[0].replace(/\s/g, ''), 'base64')) } catch { throw invalid('x5c', 'x5c: Invalid certificate.') }
}

export function createKey(org, body) {
  const cert = certificate(body?.x5c)
  if (cert.publicKey.asymmetricKeyType !== 'rsa') throw invalid('x5c', 'x5c: only RSA keys are supported')
  const { n, e } = cert.publicKey.export({ format: 'jwk' })
  const print = createHash('sha256').update(cert.raw).digest('base64url')
  const same = Object.values(org.data.keys).find((key) => key['x5t#S256'] === print)
  if (same) throw new Refusal('E0000096', `Key with the same certificate already exists: kid=${same.kid}`)
  const hex = createHash('sha256').update(`${org.config.subdomain} ${print}`).digest('hex')
  const kid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  const at = org.stamp()
  return (org.data.keys[kid] = { kid, kty: 'RSA', alg: 'RSA', use: 'sig', e, n, x5c: [cert.raw.toString('base64')], 'x5t#S256': print,
    created: at, lastUpdated: at, expiresAt: new Date(cert.validTo).toISOString() })
}
export function removeKey(org, kid) {
  findKey(org, kid)
  if (Object.values(org.data.idps).some((idp) => idp.protocol.credentials.trust.kid === kid)) throw new Refusal('E0000250', 'The key is used by an identity provider')
  delete org.data.keys[kid]
}

const endpoint = object({ url: text(), binding: oneOf('HTTP-POST', 'HTTP-REDIRECT'), destination: text(), type: oneOf('INSTANCE', 'ORG') })
const signature = (...scopes) => object({ signature: object({ algorithm: oneOf('SHA-1', 'SHA-256'), scope: oneOf(...scopes) }) })
const idp = object({ type: oneOf('SAML2'), name: text({ most: 100, needed: true }), issuerMode: oneOf('ORG_URL', 'CUSTOM_URL', 'DYNAMIC'), status: oneOf('ACTIVE', 'INACTIVE'),
  protocol: object({ type: oneOf('SAML2'), endpoints: object({ sso: endpoint, acs: endpoint }),
    algorithms: object({ request: signature('REQUEST', 'NONE'), response: signature('ANY', 'RESPONSE', 'TOKEN', 'NONE') }),
    settings: object({ nameFormat: text(), honorPersistentNameId: anything() }),
    credentials: object({ trust: object({ issuer: text({ needed: true }), kid: text({ needed: true }), audience: text(), additionalKids: list(text(), { most: 1 }) },
      { needed: ['issuer', 'kid'] }), signing: object({ kid: text() }) }, { needed: ['trust'] }) }, { needed: ['type', 'endpoints', 'credentials'] }),
  policy: object({ provisioning: anything(), accountLink: anything(), maxClockSkew: number(0, 1e9),
    subject: object({ userNameTemplate: object({ template: text({ needed: true }) }), matchType: text(), matchAttribute: text(), filter: text() }) }, { needed: ['subject'] }) },
{ needed: ['type', 'name', 'protocol', 'policy'] })

function read(org, body, old) {
  const kept = idp(body, '')
  const { trust } = kept.protocol.credentials
  for (const kid of [trust.kid, ...(trust.additionalKids ?? [])]) if (!org.data.keys[kid]) throw invalid('kid', `protocol.credentials.trust.kid: Invalid key: ${kid}`)
  if (Object.values(org.data.idps).some((one) => one !== old && one.name === kept.name)) throw invalid('name', 'name: There is already an identity provider with this name.')
  return kept
}
export function create(org, body) {
  const { status = 'ACTIVE', ...kept } = read(org, body)
  const made = org.make('0oa', { issuerMode: 'ORG_URL', status, ...kept })
  const { credentials } = made.protocol
  credentials.trust.audience = `https://www.okta.com/saml2/service-provider/sp${org.id('')}`.slice(0, 70)
  credentials.signing = { kid: org.id('') }
  return (org.data.idps[made.id] = made)
}
export function replace(org, id, body) {
  const old = find(org, id)
  const { status, ...kept } = read(org, body, old)
  const { trust, signing } = old.protocol.credentials
  Object.assign(kept.protocol.credentials, { signing })
  kept.protocol.credentials.trust.audience = trust.audience
  return (org.data.idps[id] = { id, issuerMode: 'ORG_URL', ...kept, status: old.status, created: null, lastUpdated: org.stamp() })
}
const routed = (org, id) => org.rules().some((rule) => rule.actions?.idp?.providers?.some((one) => one.id === id))
export function setStatus(org, id, status) {
  const one = find(org, id)
  if (status === 'INACTIVE' && routed(org, id)) throw new Refusal('E0000251', 'The identity provider is used by a routing rule')
  return Object.assign(one, { status, lastUpdated: org.stamp() })
}
export function remove(org, id) {
  const one = find(org, id)
  if (routed(org, id)) throw new Refusal('E0000250', 'The identity provider is used by a routing rule')
  if (one.status === 'ACTIVE') throw invalid('idp', 'an active identity provider cannot be deleted')
  delete org.data.idps[id]
}
export const show = (base, one) => ({ ...one, _links: { acs: { href: `${base}/sso/saml2/${one.id}`, type: 'application/xml' },
  metadata: { href: `${base}/api/v1/idps/${one.id}/metadata.xml`, type: 'application/xml' } } })
