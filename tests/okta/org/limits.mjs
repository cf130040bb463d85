// Rate limits: a bucket a family of paths, counted by the minute.
const BUCKETS = [
  ['simulate', /^\/api\/v1\/policies\/simulate/], ['clone', /^\/api\/v1\/policies\/[^/]+\/(clone|mappings)/], ['assign', /^\/api\/v1\/apps\/[^/]+\/policies\//],
  ['zones', /^\/api\/v1\/zones/], ['policies', /^\/api\/v1\/policies/], ['apps', /^\/api\/v1\/apps/], ['idps', /^\/api\/v1\/idps/], ['groups', /^\/api\/v1\/groups/],
  ['assurances', /^\/api\/v1\/device-assurances/], ['authenticators', /^\/api\/v1\/authenticators/], ['behaviors', /^\/api\/v1\/behaviors/],
  ['features', /^\/api\/v1\/features/], ['org', /^\/api\/v1\/org/], ['token', /^\/oauth2\//], ['other', /./],
]
// As recorded from real orgs.
export const REAL = { simulate: 50, clone: 50, assign: 10, zones: 100, policies: 50, apps: 100, idps: 1000, groups: 500, assurances: 50, authenticators: 50,
  behaviors: 500, features: 1000, org: 100, token: 150, other: 600 }

export class Limits {
  constructor(org, { limits = {}, window = 60 } = {}) { Object.assign(this, { org, limits, window, counts: new Map() }) }
  // {limit, remaining, reset, over} of a request to this path.
  count(path) {
    const [bucket] = BUCKETS.find(([, pattern]) => pattern.test(path))
    const limit = this.limits[bucket] ?? 100000
    const now = Math.floor(this.org.now() / 1000)
    let state = this.counts.get(bucket)
    if (!state || state.reset <= now) this.counts.set(bucket, (state = { used: 0, reset: now + this.window }))
    state.used++
    return { limit, remaining: Math.max(limit - state.used, 0), reset: state.reset, over: state.used > limit }
  }
}
