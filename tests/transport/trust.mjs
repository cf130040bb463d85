// TLS is verified always: names, times, authorities.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assert, drive, folder, test } from './check.mjs';
import { serve } from './server.mjs';

const at = (name) => path.join(folder, name);
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });

function authority(name) {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`), '-out', at(`${name}.crt`),
    '-subj', `/CN=${name}`, '-days', '30', '-addext', 'basicConstraints=critical,CA:TRUE');
}
// A leaf for `names`, good from `start` to `end` (YYMMDDHHMMSSZ).
function leaf(name, names, ca, start, end) {
  fs.writeFileSync(at(`${name}.ext`), `subjectAltName=${names}\n`);
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', `/CN=${name}`);
  fs.writeFileSync(at(`${name}.txt`), '');
  fs.writeFileSync(at(`${name}.cnf`), `[ca]\ndefault_ca=c\n[c]\ndatabase=${at(`${name}.txt`)}\nnew_certs_dir=${folder}\nserial=${at(`${name}.srl`)}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n`);
  fs.writeFileSync(at(`${name}.srl`), '01');
  openssl('ca', '-batch', '-config', at(`${name}.cnf`), '-cert', at(`${ca}.crt`), '-keyfile', at(`${ca}.key`), '-in', at(`${name}.csr`), '-out', at(`${name}.crt`),
    '-startdate', start, '-enddate', end, '-extfile', at(`${name}.ext`), '-notext');
}
const stamp = (days) => new Date(Date.now() + days * 86400000).toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z';
const tls = (name, more = {}) => ({ key: fs.readFileSync(at(`${name}.key`)), cert: fs.readFileSync(at(`${name}.crt`)), ...more });

let made = false;
function make() {
  if (made) return;
  made = true;
  authority('good-ca');
  authority('other-ca');
  leaf('fine', 'IP:127.0.0.1', 'good-ca', stamp(-1), stamp(10));
  leaf('other-name', 'DNS:evil.example', 'good-ca', stamp(-1), stamp(10));
  leaf('expired', 'IP:127.0.0.1', 'good-ca', stamp(-10), stamp(-1));
  leaf('early', 'IP:127.0.0.1', 'good-ca', stamp(1), stamp(10));
}

test('a private authority that is named is trusted', async () => {
  make();
  const server = await serve((request, response) => { response.end('{"fine":true}'); }, tls('fine'));
  const answers = await drive(['--url', server.url, '--ca', at('good-ca.crt'), '--fast', 1], ['json GET /a', 'json POST /b {}', 'json GET /c']);
  for (const answer of answers) assert.deepEqual(answer.json, { fine: true });
  await server.close();
});

for (const [name, server_name, ca, says] of [
  ['another name', 'other-name', 'good-ca', /does not match|no alternative certificate subject name/],
  ['an expired one', 'expired', 'good-ca', /expired/],
  ['one that is not valid yet', 'early', 'good-ca', /not yet valid/],
  ['another authority', 'fine', 'other-ca', /unable to get local issuer|self.signed/],
  ['the system\'s authorities alone', 'fine', null, /unable to get local issuer|self.signed/],
  ['a self-signed one', 'other-ca', 'good-ca', /self.signed/]]) {
  test(`a certificate is refused, nothing sent, nothing tried again: ${name}`, async () => {
    make();
    const server = await serve((request, response) => response.end('{}'), tls(server_name));
    const [answer] = await drive(['--url', server.url, ...(ca ? ['--ca', at(`${ca}.crt`)] : []), '--kind', 'okta', '--fast', 1], ['json POST /p {}'],
      { WOAPOL_OKTA_TOKEN: '00secretsecretsecret', NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    assert.ok(!answer.done && !answer.was_sent && answer.requests === 1);
    assert.match(answer.problem, says);
    assert.match(answer.problem, /--ca FILE/);
    assert.equal(server.seen.length, 0);
    await server.close();
  });
}

test('TLS 1.1 is refused', async () => {
  make();
  const server = await serve((request, response) => response.end('{}'), tls('fine', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  const [answer] = await drive(['--url', server.url, '--ca', at('good-ca.crt'), '--fast', 1], ['json POST /p {}']);
  assert.ok(!answer.done && !answer.was_sent);
  assert.equal(server.seen.length, 0);
  await server.close();
});

test('plain HTTP where TLS was to be', async () => {
  make();
  const server = await serve((request, response) => response.end('{}'));
  const [answer] = await drive(['--url', server.url.replace('http:', 'https:'), '--ca', at('good-ca.crt'), '--fast', 1], ['json POST /p {}']);
  assert.ok(!answer.done && !answer.was_sent);
  await server.close();
});

test('an authority\'s file that is missing, or none', async () => {
  const [missing] = await drive(['--url', 'https://127.0.0.1:1', '--ca', at('none.crt')], []);
  assert.match(missing.problem, /none\.crt: No such file/);
  fs.writeFileSync(at('text.crt'), 'hello');
  const server = await serve((request, response) => response.end('{}'), tls('fine'));
  const [text] = await drive(['--url', server.url, '--ca', at('text.crt'), '--fast', 1], ['json GET /p']);
  assert.ok(!text.done && text.requests === 1, text.problem);
  await server.close();
});

test('a proxy of the environment is not asked for loopback', async () => {
  const server = await serve((request, response) => response.end('1'));
  const [answer] = await drive(['--url', server.url, '--fast', 1], ['json GET /p'], { http_proxy: 'http://127.0.0.1:1', ALL_PROXY: 'http://127.0.0.1:1' });
  assert.equal(answer.json, 1);
  await server.close();
});
