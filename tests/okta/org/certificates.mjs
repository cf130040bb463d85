// A certificate authority of the moment, and a server's certificate from it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })

// {key, cert} for `names`, and the authority's file.
export function authority(folder, names = ['IP:127.0.0.1', 'DNS:localhost']) {
  mkdirSync(folder, { recursive: true })
  const at = (name) => join(folder, name)
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=Test Authority',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign', '-keyout', at('ca.key'), '-out', at('ca.pem'))
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=fake', '-keyout', at('server.key'), '-out', at('server.csr'))
  writeFileSync(at('server.ext'), `subjectAltName=${names.join(',')}\nextendedKeyUsage=serverAuth\n`)
  openssl('x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('server.ext'), '-out', at('server.pem'))
  return { tls: { key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')) }, ca: at('ca.pem') }
}
