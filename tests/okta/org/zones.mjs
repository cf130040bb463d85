// Network zones: their entries, their lifecycle, and what happens to rules that
// name one that goes.
import { entry } from './addresses.mjs'
import { invalid, missing, Refusal } from './errors.mjs'
import { flag, list, object, oneOf, text } from './shape.mjs'

const limit = { custom: 150, BLOCKLIST: 1000, system: 5000, all: 25000 }

const point = object({ type: oneOf('CIDR', 'RANGE'), value: text() }, { needed: ['type', 'value'], check: (kept, path) => {
  if (!entry(kept)) throw invalid(path, `${path.replace(/\[\d+\]$/, '')}: The IP: ${kept.value} is invalid.`)
} })
const place = object({ country: text({ match: /^[A-Z]{2}$/ }), region: text({ match: /^[A-Z]{2}-[A-Z0-9]{1,3}$/ }) })
const both = (item) => object({ include: list(item, { most: 75 }), exclude: list(item, { most: 75 }) })
const asn = text({ match: /^\d{1,10}$/ })

const common = { type: oneOf('IP', 'DYNAMIC', 'DYNAMIC_V2'), name: text({ most: 128, needed: true }), usage: oneOf('POLICY', 'BLOCKLIST'), status: oneOf('ACTIVE', 'INACTIVE') }
const FIELDS = {
  IP: { gateways: list(point), proxies: list(point), useAsExemptList: flag() },
  DYNAMIC: { locations: list(place, { most: 75 }), asns: list(asn, { most: 75 }), proxyType: oneOf('', 'Any', 'Tor', 'NotTorAnonymizer', 'TorAnonymizer') },
  DYNAMIC_V2: { locations: both(place), asns: both(asn), ipServiceCategories: both(text()) },
}
const zone = object((value) => ({ ...common, ...FIELDS[value.type] }), { needed: ['type', 'name'] })

const lone = (point) => (point.type === 'RANGE' && !point.value.includes('-') ? { ...point, value: `${point.value}-${point.value}` } : point)
const sorted = (places) => places?.map((one) => ({ region: null, ...one })).sort((a, b) => JSON.stringify(b).localeCompare(JSON.stringify(a)))

function check(org, kept, old) {
  const parts = { IP: ['gateways', 'proxies'], DYNAMIC: ['asns', 'locations', 'proxyType'], DYNAMIC_V2: ['asns', 'locations', 'ipServiceCategories'] }[kept.type]
  if (!old?.system && !parts.some((part) => kept[part] && (kept[part].length ?? 1) > 0))
    throw invalid('network zone', `${kept.type} zone needs at least one of ${parts.join(', ')}`)
  const most = old?.system ? limit.system : kept.usage === 'BLOCKLIST' ? limit.BLOCKLIST : limit.custom
  for (const field of ['gateways', 'proxies'])
    if ((kept[field]?.length ?? 0) > most) throw invalid(field, `${field}: at most ${most} IPs are allowed`)
  if (kept.useAsExemptList && (old?.name !== 'DefaultExemptIpZone' || kept.proxies?.length)) throw invalid('useAsExemptList')
  const others = Object.values(org.data.zones).filter((other) => other !== old)
  if (others.some((other) => other.name === kept.name)) throw invalid('name', 'name: Network zone with this name already exists')
  const entries = [kept, ...others].reduce((sum, one) => sum + (one.gateways?.length ?? 0) + (one.proxies?.length ?? 0), 0)
  if (entries > limit.all) throw invalid('gateways', `at most ${limit.all} entries are allowed in all zones`)
}

function normal(kept) {
  const { useAsExemptList, ...rest } = kept
  if (kept.type === 'IP') {
    rest.gateways = kept.gateways?.length ? kept.gateways.map(lone) : null
    rest.proxies = kept.proxies?.length ? kept.proxies.map(lone) : null
  }
  if (kept.type === 'DYNAMIC') Object.assign(rest, { locations: sorted(kept.locations) ?? null, asns: kept.asns ?? null, proxyType: kept.proxyType ?? null })
  if (kept.type === 'DYNAMIC_V2')
    for (const part of ['locations', 'asns', 'ipServiceCategories']) {
      const { include = [], exclude = [] } = kept[part] ?? {}
      rest[part] = part === 'locations' ? { include: sorted(include), exclude: sorted(exclude) } : { include, exclude }
    }
  return rest
}

// Servers learn of a change late: what a zone was, and since when.
const remember = (org, one) => {
  const { history, ...rest } = one
  history.push({ at: org.now(), zone: structuredClone(rest) })
}
export const seen = (org, one) =>
  one.history.length === 0 ? one : one.history.filter((past) => past.at <= org.now() - org.config.zoneDelay * 1000).at(-1)?.zone ?? null

const find = (org, id) => org.data.zones[id] ?? (() => { throw missing('NetworkZone', id) })()

export const show = (base, { history, ...one }) => ({ ...one, _links: {
  self: { href: `${base}/api/v1/zones/${one.id}`, hints: { allow: ['GET', 'PUT', 'DELETE'] } },
  [one.status === 'ACTIVE' ? 'deactivate' : 'activate']: { href: `${base}/api/v1/zones/${one.id}/lifecycle/${one.status === 'ACTIVE' ? 'de' : ''}activate`, hints: { allow: ['POST'] } } } })

const networks = (org) => org.rules().map((rule) => ({ rule, network: rule.conditions?.network })).filter(({ network }) => network?.connection === 'ZONE')
const names = (network, id) => network.include?.includes(id) || network.exclude?.includes(id)

export function list_(org, query) {
  const filter = query.get('filter')
  let found = Object.values(org.data.zones)
  const one = filter && /^(id|usage|system) eq "?([^"]*)"?$/.exec(filter)
  if (filter && !one) throw invalid('filter')
  if (one) found = found.filter((zone) => String(zone[one[1]]) === one[2])
  return found
}
export const get = find
export function create(org, body) {
  const kept = zone(body, '')
  check(org, kept)
  const made = org.make('nzo', { ...normal(kept), usage: kept.usage ?? 'POLICY', status: 'ACTIVE', system: false, history: [] })
  org.data.zones[made.id] = made
  remember(org, made)
  return made
}
export function replace(org, id, body) {
  const old = find(org, id)
  const kept = zone(body, '')
  if (kept.type !== old.type) throw invalid('type', 'type: The type of a network zone cannot be changed')
  check(org, kept, old)
  const { created, system, history } = old
  const status = kept.status ?? old.status
  const made = { id, created, ...normal(kept), usage: kept.usage ?? old.usage, status: old.status, system, history, lastUpdated: org.stamp() }
  org.data.zones[id] = made
  if (status !== old.status) setStatus(org, id, status)
  else remember(org, made)
  return made
}
export function setStatus(org, id, status) {
  const one = find(org, id)
  if (one.status === status) return one
  Object.assign(one, { status, lastUpdated: org.stamp() })
  remember(org, one)
  if (status === 'INACTIVE')
    for (const { rule, network } of networks(org).filter(({ network }) => names(network, id))) {
      rule.status = 'INACTIVE'
      org.note('policy.rule.invalidate', rule.id, 'Network Zone used by the rule was deleted or deactivated')
    }
  return one
}
export function remove(org, id) {
  const one = find(org, id)
  if (one.system) throw new Refusal('E0000001', 'Api validation failed: system zones cannot be deleted')
  if (org.idx && one.status === 'ACTIVE')
    throw invalid('Network Zone', `${one.name} is an active zone. Active zones cannot be deleted`)
  const users = networks(org).filter(({ network }) => names(network, id))
  if (users.some(({ network }) => (network.include ?? network.exclude).length === 1))
    throw invalid('Network Zone', `${one.name} is used by a policy rule and cannot be deleted`)
  for (const { network } of users)
    for (const side of ['include', 'exclude']) if (network[side]) network[side] = network[side].filter((other) => other !== id)
  delete org.data.zones[id]
}
