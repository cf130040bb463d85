// Who calls: a token of Okta's own (SSWS), or an access token that a service app
// got for an assertion signed with its key, bound to a key of its own (DPoP) where
// the app demands it.
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { forbidden, Refusal } from './errors.mjs'

const SKEW = 300
const hash = (data) => createHash('sha256').update(data).digest('base64url')
const HASHES = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }

class OAuthError extends Error {
  constructor(error, description, status = 400, headers = {}) {
    super(description)
    Object.assign(this, { error, status, headers })
  }
  body() { return { error: this.error, error_description: this.message } }
}
export { OAuthError }

function decode(jwt) {
  const parts = String(jwt).split('.')
  if (parts.length !== 3) return null
  try {
    const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')))
    return { header, claims, signed: `${parts[0]}.${parts[1]}`, signature: Buffer.from(parts[2], 'base64url') }
  } catch { return null }
}
function signedBy(jwt, key) {
  const [, family, bits] = /^(RS|ES)(256|384|512)$/.exec(jwt.header.alg) ?? []
  if (!family || key.asymmetricKeyType !== (family === 'RS' ? 'rsa' : 'ec')) return false
  return verify(HASHES[bits], Buffer.from(jwt.signed), { key, dsaEncoding: 'ieee-p1363' }, jwt.signature)
}
const thumbprint = ({ kty, crv, x, y, n, e }) => hash(kty === 'EC' ? JSON.stringify({ crv, kty, x, y }) : JSON.stringify({ e, kty, n }))

// config: {tokens: {TOKEN: LOGIN}, clients: [{id, keys: [{kid, key}], scopes, dpop}]}
export class Guard {
  constructor(org, { tokens = {}, clients = [] } = {}) {
    Object.assign(this, { org, tokens, clients, issued: new Map(), used: new Set(), nonces: [] })
    this.refused = []
  }
  #seconds() { return Math.floor(this.org.now() / 1000) }
  #once(kind, id) {
    if (this.used.has(`${kind} ${id}`)) return false
    this.used.add(`${kind} ${id}`)
    return true
  }
  #nonce() {
    const newest = this.nonces.at(-1)
    if (!newest || newest.at < this.#seconds() - 86400) this.nonces.push({ at: this.#seconds(), value: randomBytes(12).toString('base64url') })
    this.nonces = this.nonces.filter(({ at }) => at > this.#seconds() - 3 * 86400)
    return this.nonces.at(-1).value
  }

  #proof(text, method, url, token) {
    const fail = (why) => { throw new OAuthError('invalid_dpop_proof', why) }
    const proof = decode(text) ?? fail('the DPoP proof is no JWT')
    const { header, claims } = proof
    if (header.typ !== 'dpop+jwt') fail('typ must be dpop+jwt')
    if (!header.jwk || header.jwk.d) fail('the proof must hold a public key')
    if (!signedBy(proof, createPublicKey({ key: header.jwk, format: 'jwk' }))) fail('the signature does not fit')
    if (claims.htm !== method || claims.htu !== url) fail('htm or htu does not fit')
    if (!Number.isInteger(claims.iat) || Math.abs(claims.iat - this.#seconds()) > SKEW) fail('iat is out of range')
    if (token !== undefined && claims.ath !== hash(token)) fail('ath does not fit')
    if (typeof claims.jti !== 'string' || !this.#once('proof', claims.jti)) fail('the jti was used before')
    return { jkt: thumbprint(header.jwk), nonce: claims.nonce }
  }

  #client(form, url) {
    const fail = (why) => { throw new OAuthError('invalid_client', why, 401) }
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') fail('client_assertion_type is not supported')
    const jwt = decode(form.get('client_assertion') ?? '') ?? fail('the client assertion is no JWT')
    const { iss, sub, aud, exp, iat, jti } = jwt.claims
    const client = this.clients.find((one) => one.id === iss) ?? fail('the client is not known')
    if (sub !== iss) fail('sub must be the client')
    if (aud !== url) fail(`aud must be ${url}`)
    if (!Number.isInteger(exp) || exp <= this.#seconds() || exp > this.#seconds() + 3600) fail('exp is out of range')
    if (iat !== undefined && iat > this.#seconds() + SKEW) fail('iat lies ahead')
    const { kid } = jwt.header
    if (kid === undefined && client.keys.length > 1) fail('kid is needed: the app has several keys')
    if (!client.keys.some((one) => (kid === undefined || one.kid === kid) && signedBy(jwt, createPublicKey(one.key)))) fail('the signature does not fit')
    if (jti !== undefined && !this.#once('assertion', jti)) fail('the jti was used before')
    return client
  }

  // POST /oauth2/v1/token. `form` is URLSearchParams, `url` the address called.
  token(form, url, proof) {
    try {
      if (form.get('grant_type') !== 'client_credentials') throw new OAuthError('unsupported_grant_type', 'only client_credentials')
      const client = this.#client(form, url)
      const asked = (form.get('scope') ?? '').split(' ').filter(Boolean)
      if (!asked.length) throw new OAuthError('invalid_scope', 'no scope')
      for (const scope of asked)
        if (!client.scopes.includes(scope)) throw new OAuthError('invalid_scope', `One or more scopes are not configured for the app: ${scope}`)
      let jkt
      if (client.dpop || proof !== undefined) {
        if (proof === undefined) throw new OAuthError('invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
        const made = this.#proof(proof, 'POST', url)
        if (!this.nonces.some(({ value }) => value === made.nonce))
          throw new OAuthError('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', 400, { 'dpop-nonce': this.#nonce() })
        jkt = made.jkt
      }
      const access = randomBytes(32).toString('base64url')
      this.issued.set(access, { client, scopes: asked, jkt, until: this.#seconds() + 3600 })
      return { token_type: jkt ? 'DPoP' : 'Bearer', expires_in: 3600, access_token: access, scope: asked.join(' ') }
    } catch (error) {
      if (error instanceof OAuthError) this.refused.push(`${error.error}: ${error.message}`)
      throw error
    }
  }

  // Who is let in, or a refusal. `scope` is what the call needs.
  admit(headers, method, url, scope) {
    const [scheme, value] = String(headers.authorization ?? '').split(' ')
    if (scheme === 'SSWS' && value in this.tokens) return { login: this.tokens[value] }
    const grant = this.issued.get(value)
    if (!grant || grant.until <= this.#seconds() || scheme !== (grant.jkt ? 'DPoP' : 'Bearer')) throw new Refusal('E0000011')
    if (grant.jkt) {
      const { jkt } = this.#proof(headers.dpop ?? '', method, url, value)
      if (jkt !== grant.jkt) throw new Refusal('E0000011')
    }
    const wide = scope?.replace(/\.read$/, '.manage')
    if (scope && !grant.scopes.includes(scope) && !grant.scopes.includes(wide)) {
      this.refused.push(`scope ${scope}`)
      throw forbidden()
    }
    return { client: grant.client.id }
  }
  forget() { this.issued.clear() }
}
