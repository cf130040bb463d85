// Who we are: sources, tokens, proofs. What is signed is verified by Node's crypto.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { assert, drive, folder, test } from './check.mjs';
import { serve } from './server.mjs';

const at = (name) => path.join(folder, name);
const write = (name, text, mode = 0o600) => { fs.writeFileSync(at(name), text); fs.chmodSync(at(name), mode); return at(name); };
const pem = (key) => key.export({ type: 'pkcs8', format: 'pem' });
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));
const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });

// Verifies a JWT; returns its header and claims.
function verify(token, key) {
  const [head, body, signature] = token.split('.');
  assert.ok(/^[\w-]+$/.test(signature), 'base64url without padding');
  const header = decode(head);
  const options = header.alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : { key };
  assert.ok(['RS256', 'ES256'].includes(header.alg));
  assert.ok(crypto.verify('sha256', Buffer.from(`${head}.${body}`), options, Buffer.from(signature, 'base64url')), 'the signature');
  return { header, claims: decode(body) };
}

function verifyProof(proof, method, url, { nonce, token, now = Date.now() / 1000 } = {}) {
  const { jwk, typ } = decode(proof.split('.')[0]);
  assert.equal(typ, 'dpop+jwt');
  assert.deepEqual(Object.keys(jwk).sort(), ['crv', 'kty', 'x', 'y']);
  const { claims } = verify(proof, crypto.createPublicKey({ key: jwk, format: 'jwk' }));
  assert.equal(claims.htm, method);
  assert.equal(claims.htu, url);
  assert.ok(Math.abs(claims.iat - now) < 10, 'iat');
  assert.equal(claims.nonce, nonce);
  assert.equal(claims.ath, token && crypto.createHash('sha256').update(token).digest('base64url'));
  return { jti: claims.jti, key: JSON.stringify(jwk) };
}

// An org's token endpoint and one resource; `mode` says how it behaves.
function org({ key, kid, dpop = false, apiNonce = null, life = 3600, skew = 0, refuse = () => null }) {
  const state = { used: new Set(), tokens: [], rounds: 0, proofKey: null, api: [] };
  const once = (id) => { assert.ok(id && !state.used.has(id), 'an identifier was used twice'); state.used.add(id); };
  const clock = () => Math.floor(Date.now() / 1000) + skew;
  const say = (response, status, body, head = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', date: new Date(clock() * 1000).toUTCString(), ...head });
    response.end(JSON.stringify(body));
  };
  state.answer = async (request, response) => {
    const base = `http://${request.headers.host}`;
    try {
      const refused = refuse(request, state);
      if (refused) return say(response, ...refused);
      if (request.url !== '/oauth2/v1/token') {
        const token = state.tokens.at(-1);
        state.api.push(request.headers);
        assert.equal(request.headers.authorization, `${dpop ? 'DPoP' : 'Bearer'} ${token}`);
        if (!dpop) { assert.equal(request.headers.dpop, undefined); return say(response, 200, 'in'); }
        const proof = verifyProof(request.headers.dpop, request.method, base + request.url.split('?')[0], { token, now: clock(), nonce: state.nonceAsked ? apiNonce : undefined });
        once(proof.jti);
        assert.equal(proof.key, state.proofKey, 'the token is bound to the key');
        if (apiNonce && !state.nonceAsked) {
          state.nonceAsked = true;
          return say(response, 401, {}, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': apiNonce });
        }
        return say(response, 200, 'in');
      }
      state.rounds++;
      assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
      const form = new URLSearchParams(request.text);
      assert.equal(form.get('grant_type'), 'client_credentials');
      assert.equal(form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      state.scope = form.get('scope');
      const { header, claims } = verify(form.get('client_assertion'), key);
      assert.equal(header.kid, kid);
      assert.equal(claims.iss, '0oaClient');
      assert.equal(claims.sub, '0oaClient');
      assert.equal(claims.aud, `${base}/oauth2/v1/token`);
      once(claims.jti);
      if (Math.abs(claims.iat - clock()) > 60 || claims.exp - claims.iat > 3600 || claims.exp <= clock())
        return say(response, 401, { error: 'invalid_client', error_description: 'The client_assertion token is expired.' });
      if (dpop) {
        if (!request.headers.dpop) return say(response, 400, { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' });
        const nonce = decode(request.headers.dpop.split('.')[1]).nonce;
        const proof = verifyProof(request.headers.dpop, 'POST', `${base}/oauth2/v1/token`, { nonce, now: clock() });
        once(proof.jti);
        state.proofKey = proof.key;
        if (nonce !== 'nonce-1') return say(response, 400, { error: 'use_dpop_nonce', error_description: 'needs a nonce' }, { 'dpop-nonce': 'nonce-1' });
      }
      state.tokens.push(`eyJ.${crypto.randomBytes(24).toString('base64url')}.sig`);
      return say(response, 200, { access_token: state.tokens.at(-1), token_type: dpop ? 'DPoP' : 'Bearer', expires_in: life, scope: state.scope });
    } catch (error) {
      state.error ??= error;
      return say(response, 400, { error: 'test', error_description: error.message });
    }
  };
  return state;
}

const client = (key, more = {}) => ({ WOAPOL_OKTA_CLIENT_ID: '0oaClient', WOAPOL_OKTA_KEY: write(`key-${key.asymmetricKeyType}.pem`, pem(key)), ...more });
const with_org = (name, pair, mode, env, lines, look, options = []) => test(name, async () => {
  const state = org({ key: pair.publicKey, ...mode });
  const server = await serve(state.answer);
  try {
    const answers = await drive(['--url', server.url, '--kind', 'okta', '--fast', 1, ...options], lines, client(pair.privateKey, env));
    look(answers, state, server);
    assert.ifError(state.error);
    for (const secret of state.tokens) assert.ok(!answers.out.includes(secret) && !answers.err.includes(secret));
  } finally {
    await server.close();
  }
});
const allIn = (answers, count) => { assert.equal(answers.length, count); for (const a of answers) assert.equal(a.json, 'in', a.problem); };

test('SSWS goes with every request', async () => {
  const server = await serve((request, response) => response.end(JSON.stringify(request.headers.authorization)));
  const answers = await drive(['--url', server.url, '--kind', 'okta'], ['json GET /a', 'json POST /b {}'], { WOAPOL_OKTA_TOKEN: '00tokentoken' });
  for (const answer of answers) assert.equal(answer.json, 'SSWS 00tokentoken');
  await server.close();
});

with_org('RS256: one token for many requests, scopes for reading', rsa, {}, {}, ['json GET /a', 'json GET /b?x=1', 'json POST /c {}'], (answers, state) => {
  allIn(answers, 3);
  assert.equal(state.rounds, 1);
  assert.ok(state.scope.includes('okta.policies.read') && !state.scope.includes('manage'));
});
with_org('ES256, a kid, scopes for writing', ec, { kid: 'key-1' }, { WOAPOL_OKTA_KEY_ID: 'key-1' }, ['json GET /a'], (answers, state) => {
  allIn(answers, 1);
  assert.ok(state.scope.includes('okta.policies.manage'));
}, ['--writes', 1]);
with_org('scopes of one\'s own', ec, {}, { WOAPOL_OKTA_SCOPES: 'okta.policies.read okta.logs.read' }, ['json GET /a'], (answers, state) => {
  allIn(answers, 1);
  assert.equal(state.scope, 'okta.policies.read okta.logs.read');
});
with_org('a clock that is an hour slow is set right by the server\'s', rsa, { skew: 3600 }, {}, ['json GET /a'], (answers, state) => {
  allIn(answers, 1);
  assert.equal(state.rounds, 2);
});
with_org('DPoP: the whole dance, a proof of its own for each request', ec, { dpop: true }, {}, ['json GET /a?b=c', 'json GET /a?b=c', 'json POST /c {}'], (answers, state) => {
  allIn(answers, 3);
  assert.equal(state.rounds, 3);
  assert.equal(new Set(state.api.map((head) => head.dpop)).size, 3);
});
with_org('DPoP with RS256 and a clock that is off', rsa, { dpop: true, skew: -900 }, {}, ['json GET /a'], (answers) => allIn(answers, 1));
with_org('DPoP: a nonce that the resource asks for', ec, { dpop: true, apiNonce: 'n-9' }, {}, ['json POST /a {}', 'json GET /b'], (answers) => allIn(answers, 2));

let storms = 0;
with_org('DPoP: a new proof after 429, on the token endpoint and beyond', ec, { dpop: true, refuse: () => ++storms % 2 === 1
  ? [429, { errorCode: 'E0000047' }, { 'retry-after': '1' }] : null }, {}, ['json GET /a', 'json POST /b {}'], (answers) => allIn(answers, 2));

test('DPoP: proofs that were refused with 429 are not used again', async () => {
  const proofs = [];
  let refused = 0;
  const state = org({ key: ec.publicKey, dpop: true, refuse: (request) => {
    if (request.headers.dpop) { assert.ok(!proofs.includes(request.headers.dpop), 'a proof was used twice'); proofs.push(request.headers.dpop); }
    return request.url === '/a' && refused++ < 3 ? [429, { errorCode: 'E0000047' }, { 'retry-after': '1' }] : null;
  } });
  const server = await serve(state.answer);
  const answers = await drive(['--url', server.url, '--kind', 'okta', '--fast', 1], ['json PUT /a {}'], client(ec.privateKey));
  allIn(answers, 1);
  assert.ifError(state.error);
  assert.equal(new Set(proofs.map((p) => decode(p.split('.')[1]).jti)).size, proofs.length);
  await server.close();
});

with_org('a token that runs out is renewed', rsa, { life: 2 }, {}, ['json GET /a', 'json GET /b'], (answers, state) => {
  allIn(answers, 2);
  assert.equal(state.rounds, 1);
});

test('a token that runs out between two requests', async () => {
  const state = org({ key: rsa.publicKey, life: 1 });
  const server = await serve(async (request, response) => {
    if (request.url === '/slow') await new Promise((resolve) => setTimeout(resolve, 1500));
    return state.answer(request, response);
  });
  const answers = await drive(['--url', server.url, '--kind', 'okta', '--fast', 1], ['json GET /slow', 'json GET /b'], client(rsa.privateKey));
  allIn(answers, 2);
  assert.equal(state.rounds, 2);
  await server.close();
});

for (const [name, body, says] of [['no token', {}, /no token that can be used/], ['a token of wrong type', { access_token: [1] }, /no token/], ['a token with a line end', { access_token: 'a\r\nX: y' }, /no token/],
  ['a DPoP token that nobody asked for', { access_token: 'abc', token_type: 'DPoP' }, /no token/], ['a token of a megabyte', { access_token: 'x'.repeat(1 << 20) }, /no token/]]) {
  with_org(`an answer with ${name}`, rsa, { refuse: (request) => request.url.endsWith('/token') ? [200, body] : null }, {}, ['json GET /a'], ([answer], state, server) => {
    assert.ok(!answer.done && !answer.was_sent);
    assert.match(answer.problem, says);
    assert.equal(server.seen.length, 1);
  });
}

with_org('a refusal names the client and the cure', rsa, { refuse: () => [400, { error: 'invalid_scope', error_description: 'One or more scopes are not configured.' }] }, {}, ['json GET /a'], ([answer]) => {
  assert.match(answer.problem, /400, no token for client 0oaClient: invalid_scope: One or more scopes are not configured\.; grant the client these scopes/);
});

with_org('nonces without an end', ec, { refuse: (request, state) => [400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': `n${state.used.size}` }] }, {}, ['json GET /a'], ([answer], state, server) => {
  assert.match(answer.problem, /time and again/);
  assert.ok(server.seen.length <= 6);
});

test('a server that says what it was sent does not have us show it', async () => {
  const server = await serve((request, response) => {
    response.writeHead(400, { 'x-okta-request-id': request.headers.authorization ?? 'none', location: `/${request.headers.authorization}` });
    response.end(JSON.stringify({ errorCode: 'E1', errorSummary: `you sent ${request.headers.authorization ?? request.text}` }));
  });
  const secret = '00aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d';
  const [answer] = await drive(['--url', server.url, '--kind', 'okta', '--fast', 1], ['json GET /a'], { WOAPOL_OKTA_TOKEN: secret });
  assert.match(answer.problem, /you sent SSWS \*+/);
  for (let i = 0; i + 12 <= secret.length; i++) assert.ok(!answer.problem.includes(secret.slice(i, i + 12)) && !answer.request_id.includes(secret.slice(i, i + 12)));
  const oauth = await drive(['--url', server.url, '--kind', 'okta', '--fast', 1], ['json GET /a'], client(rsa.privateKey));
  assert.ok(!/eyJ[\w-]{20}/.test(oauth.out), oauth.out);
  const access = await drive(['--url', server.url, '--kind', 'access', '--fast', 1], ['json GET /a'], { WOAPOL_ACCESS_CLIENT_ID: 'svc', WOAPOL_ACCESS_CLIENT_SECRET: secret });
  assert.ok(!access.out.includes(Buffer.from(`svc:${secret}`).toString('base64').slice(8, 40)));
  await server.close();
});

test('Access: Basic once, then the bearer, renewed after a 401', async () => {
  let count = 0, tokens = 0;
  const server = await serve((request, response) => {
    if (request.url.split('?')[0] === '/SAAS/auth/oauthtoken') {
      assert.equal(request.headers.authorization, `Basic ${Buffer.from('svc:s3cret:ü').toString('base64')}`);
      assert.equal(request.text, 'grant_type=client_credentials');
      response.end(JSON.stringify({ access_token: `tok${++tokens}`, token_type: 'Bearer', expires_in: 10799 }));
    } else {
      count++;
      response.end(JSON.stringify(request.headers.authorization));
    }
  });
  const answers = await drive(['--url', server.url, '--kind', 'access'], ['json GET /a', 'json GET /b'], { WOAPOL_ACCESS_CLIENT_ID: 'svc', WOAPOL_ACCESS_CLIENT_SECRET: 's3cret:ü' });
  for (const answer of answers) assert.equal(answer.json, 'Bearer tok1', answer.problem);
  assert.equal(tokens, 1);
  assert.equal(count, 2);
  await server.close();
});

test('a 401 for a token of some age gets another token, once', async () => {
  let tokens = 0;
  const server = await serve(async (request, response) => {
    if (request.url.includes('/oauthtoken')) return response.end(JSON.stringify({ access_token: `tok${++tokens}`, expires_in: 9999 }));
    if (request.url === '/slow') { await new Promise((resolve) => setTimeout(resolve, 5500)); return response.end('1'); }
    if (request.url === '/never' || request.headers.authorization === 'Bearer tok1') { response.writeHead(401); return response.end(); }
    return response.end('2');
  });
  const answers = await drive(['--url', server.url, '--kind', 'access', '--fast', 1], ['json GET /slow', 'json POST /b {}', 'json POST /never {}'], { WOAPOL_ACCESS_CLIENT_ID: 'svc', WOAPOL_ACCESS_CLIENT_SECRET: 'x' });
  assert.deepEqual(answers.map((a) => a.json), [1, 2, null]);
  assert.equal(answers[2].status, 401);
  assert.match(answers[2].problem, /401 Unauthorized; the credentials are not, or no longer, valid/);
  assert.equal(tokens, 2);
  await server.close();
});

// ---- sources -------------------------------------------------------------------------

const refuses = (name, options, env, says) => test(`credentials: ${name}`, async () => {
  const [answer, ...rest] = await drive(['--url', 'http://127.0.0.1:9', '--kind', 'okta', ...(typeof options === 'function' ? options() : options)], [], typeof env === 'function' ? env() : env);
  assert.ok(answer && rest.length === 0 && answer.problem_kind, 'it was refused');
  assert.match(answer.problem, says);
  assert.ok(!/00secret|BEGIN/.test(answer.problem), answer.problem);
});
const accepts = (name, options, env, sent) => test(`credentials: ${name}`, async () => {
  const server = await serve((request, response) => response.end(JSON.stringify(request.headers.authorization)));
  const answers = await drive(['--url', server.url, '--kind', 'okta', ...options()], ['json GET /a'], env);
  assert.equal(answers[0].json, sent, answers[0].problem);
  await server.close();
});

refuses('none in the environment', [], {}, /the environment holds no WOAPOL_OKTA_TOKEN, nor a WOAPOL_OKTA_CLIENT_ID/);
refuses('two ways in the environment', [], { WOAPOL_OKTA_TOKEN: '00secret', WOAPOL_OKTA_CLIENT_ID: 'x' }, /which of the two is meant/);
refuses('a client without a key', [], { WOAPOL_OKTA_CLIENT_ID: 'x' }, /holds no WOAPOL_OKTA_KEY/);
refuses('a token with a line end', [], { WOAPOL_OKTA_TOKEN: '00secret\r\nX-Evil: 1' }, /control character/);
refuses('Access without a secret', ['--kind', 'okta'], { WOAPOL_ACCESS_CLIENT_ID: 'x' }, /holds no WOAPOL_OKTA_TOKEN/);
refuses('a key that does not exist', [], { WOAPOL_OKTA_CLIENT_ID: 'x', WOAPOL_OKTA_KEY: '/none/key.pem' }, /\/none\/key\.pem: No such file/);
refuses('a key that others can read', [], () => ({ WOAPOL_OKTA_CLIENT_ID: 'x', WOAPOL_OKTA_KEY: write('open.pem', pem(ec.privateKey), 0o640) }), /mode 640.*chmod 600/);
refuses('a public key', [], () => ({ WOAPOL_OKTA_CLIENT_ID: 'x', WOAPOL_OKTA_KEY: write('public.pem', ec.publicKey.export({ type: 'spki', format: 'pem' })) }), /no private key in PEM/);
refuses('a key behind a password', [], () => ({ WOAPOL_OKTA_CLIENT_ID: 'x',
  WOAPOL_OKTA_KEY: write('locked.pem', ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })) }), /locked with a password/);
refuses('RSA of 1024 bits', [], () => ({ WOAPOL_OKTA_CLIENT_ID: 'x', WOAPOL_OKTA_KEY: write('short.pem', pem(crypto.generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)) }), /at least 2048 bits/);
refuses('another curve', [], () => ({ WOAPOL_OKTA_CLIENT_ID: 'x', WOAPOL_OKTA_KEY: write('curve.pem', pem(crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)) }), /P-256/);
refuses('a file that is missing', () => ['--credentials', at('nowhere.cred')], {}, /nowhere\.cred: No such file/);
refuses('a file that others can read', () => ['--credentials', write('open.cred', 'WOAPOL_OKTA_TOKEN=00secret', 0o604)], {}, /mode 604/);
refuses('a folder', () => { fs.mkdirSync(at('folder.cred'), { mode: 0o700, recursive: true }); return ['--credentials', at('folder.cred')]; }, {}, /no regular file/);
refuses('a link to elsewhere', () => {
  fs.mkdirSync(at('links'), { recursive: true });
  write('target.cred', 'WOAPOL_OKTA_TOKEN=00secret');
  fs.rmSync(at('links/out.cred'), { force: true });
  fs.symlinkSync(at('target.cred'), at('links/out.cred'));
  return ['--credentials', at('links/out.cred')];
}, {}, /link to a file in another folder.*target\.cred/);
refuses('a line that is no setting is not shown', () => ['--credentials', write('bad.cred', '# mine\n\n00secretsecret\n')], {}, /bad\.cred, line 3: this is no NAME=VALUE/);
refuses('a setting twice', () => ['--credentials', write('twice.cred', 'WOAPOL_OKTA_TOKEN=a\nWOAPOL_OKTA_TOKEN=00secret\n')], {}, /line 2: a second WOAPOL_OKTA_TOKEN/);
refuses('a file too large', () => ['--credentials', write('large.cred', '#'.repeat(70000))], {}, /larger than 65536/);
refuses('a file with a NUL', () => ['--credentials', write('nul.cred', 'WOAPOL_OKTA_TOKEN=a\0b')], {}, /no text/);
refuses('a file and a command', () => ['--credentials', 'a', '--credentials-command', 'b'], {}, /not from both/);
refuses('a file hides the environment', () => ['--credentials', write('empty.cred', '# nothing\n')], { WOAPOL_OKTA_TOKEN: '00secret' }, /empty\.cred holds no WOAPOL_OKTA_TOKEN/);
refuses('a command that fails', ['--credentials-command', 'echo WOAPOL_OKTA_TOKEN=00secret; exit 3'], {}, /command failed \(exit status 3\)/);
refuses('a command that is not there', ['--credentials-command', '/none/at/all 2>/dev/null'], {}, /exit status 127/);
refuses('a command that prints without an end', ['--credentials-command', 'yes 00secret'], {}, /more than 65536 bytes/);

accepts('a file', () => ['--credentials', write('good.cred', '# the pilot org\r\nWOAPOL_OKTA_TOKEN=00abc=def\r\n')], {}, 'SSWS 00abc=def');
accepts('a link within its folder, as mounted secrets are', () => {
  fs.rmSync(at('mounted'), { recursive: true, force: true });
  fs.mkdirSync(at('mounted/..1'), { recursive: true });
  write('mounted/..1/cred', 'WOAPOL_OKTA_TOKEN=00mounted');
  fs.symlinkSync('..1', at('mounted/..data'));
  fs.symlinkSync('..data/cred', at('mounted/cred'));
  return ['--credentials', at('mounted/cred')];
}, {}, 'SSWS 00mounted');
accepts('a command', () => ['--credentials-command', 'echo WOAPOL_OKTA_TOKEN=00fromcommand'], { WOAPOL_OKTA_TOKEN: 'other' }, 'SSWS 00fromcommand');

test('credentials: a key within the file, or beside it', async () => {
  write('beside.pem', pem(ec.privateKey));
  for (const text of [`WOAPOL_OKTA_KEY_ID=k\n${pem(ec.privateKey)}WOAPOL_OKTA_CLIENT_ID=0oaClient\n`, 'WOAPOL_OKTA_CLIENT_ID=0oaClient\nWOAPOL_OKTA_KEY=beside.pem\nWOAPOL_OKTA_KEY_ID=k']) {
    const state = org({ key: ec.publicKey, kid: 'k' });
    const server = await serve(state.answer);
    const answers = await drive(['--url', server.url, '--kind', 'okta', '--credentials', write('client.cred', text)], ['json GET /a']);
    allIn(answers, 1);
    await server.close();
  }
});

test('credentials: no secret in the arguments of what is started', async () => {
  const log = at('arguments.txt');
  await drive(['--url', 'http://127.0.0.1:9', '--kind', 'okta', '--credentials-command', `cat /proc/$$/cmdline > ${log}; cat ${write('c.cred', 'WOAPOL_OKTA_TOKEN=00secretinside')}`], []);
  assert.ok(!fs.readFileSync(log, 'utf8').includes('00secretinside'));
});
