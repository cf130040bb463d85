// The policy of most sessions, and the org that it is for.
import { execFileSync } from 'node:child_process'

export const CERTIFICATE = execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-subj', '/CN=Access', '-days', '900', '-keyout', '/dev/null'],
  { stdio: ['ignore', 'pipe', 'ignore'] }).toString().replace(/-----.*?-----|\n/g, '')
export const USERS = [{ login: 'admin@corp.example', groups: ['Admins'], admin: true }, { login: 'ana@corp.example', groups: ['All Staff@corp.example'] },
  { login: 'ben@corp.example', groups: ['Sales@corp.example'] }, { login: 'cleo@corp.example', groups: [] }]
export const ORG = { groups: ['All Staff@corp.example', 'Sales@corp.example', 'Field', 'Guests', 'Admins', 'Foreign'], apps: ['Payroll', 'Mail', 'Wiki', 'Crm', 'Console'], users: USERS }

export const base = (url, { office = '198.51.100.0/24', staff = '', finance = '' } = {}) => `
tenant Corp {
  kind = okta
  url = "${url}"
  engine = identity
  directory = active_directory
  risk_scoring = yes
  device_posture_provider = active
  authenticators = {okta_password, okta_verify, fido2}
}
network Office = ${office}
network Vpn = 10.8.0.0 .. 10.8.3.255
network Home = 0.0.0.0/0 - Office - Vpn
group Staff = "All Staff@corp.example"
group Sales = "Sales@corp.example"
group Guests
group Admins
app Payroll
app Mail
app Wiki
chain Strong = okta_verify or fido2 else okta_password then okta_verify
chain Plain = okta_password
policy Workforce is default {
  rule admins when group in Admins authenticate Strong every 1h
  rule guests when group in Guests and not network in Office deny
${staff}  rule staff when group in Staff authenticate Plain every 8h
  otherwise deny
}
policy Finance for Payroll, Mail {
  rule admins when group in Admins authenticate Strong every 1h
${finance}  rule trusted when managed and device in ios + ipados + android and network in Office + Vpn and group in {Staff, Sales} authenticate Strong every 2h
  rule risky when risk is high deny
  rule staff when group in Staff and network in Office authenticate Strong
  otherwise deny
}
`

// What the org has that is nobody's business of woapol's.
export function strangers(server) {
  const edit = (method, path, body) => server.edit({ method, path, body })
  const zone = edit('POST', '/api/v1/zones', { type: 'IP', name: 'Their office', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] })
  const policy = edit('POST', '/api/v1/policies', { type: 'ACCESS_POLICY', name: 'Theirs', description: 'by hand' })
  edit('POST', `/api/v1/policies/${policy.id}/rules`, { type: 'ACCESS_POLICY', name: 'theirs', conditions: { network: { connection: 'ZONE', include: [zone.id] } },
    actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '1FA', reauthenticateIn: 'PT2H' } } } })
  edit('PUT', `/api/v1/apps/${server.org.app('Crm').id}/policies/${policy.id}`)
  server.org.advance(120)
  return { zone, policy }
}

// The same with all that woapol keeps in an org; `second` is a later version, which takes
// calls of every sort: rules and zones go, a zone steps aside, a provider and sessions change.
export const everything = (url, second = false) => base(url, second ? { office: '198.51.100.0/25', finance: '  rule contractors when group in Guests and network in Office deny\n' } : {})
  .replace('network Home', second ? 'network Home' : 'network Old = 203.0.113.64/26\nnetwork Home')
  .replace('  rule staff when group in Staff authenticate', second ? '  rule staff when group in Staff authenticate' : '  rule old when network in Old deny\n  rule staff when group in Staff authenticate')
  .replace('when managed and', second ? 'when managed and' : 'when compliant and')
  .replace('app Payroll\n', 'app Payroll { device_trust = yes }\n')
  .replace('  authenticators', `  workspace_one {
    issuer = "https://t.example/SAAS/API/1.0/GET/metadata/idp.xml"
    sso = "https://t.example/SAAS/auth/${second ? 'second' : 'federation'}/sso"
    certificate = "${CERTIFICATE}"
  }
  session Administrators {
    groups = {Admins}
    idle = ${second ? '10m' : '15m'}
    second_factor = yes
  }
${second ? '' : '  session Elsewhere {\n    groups = {Guests}\n    idle = 20m\n  }\n'}  authenticators`)
