// What servers do on bad days, and what hostile ones do on purpose.
import { assert, drive, folder, test } from './check.mjs';
import { serve, serveBytes } from './server.mjs';

const json = (response, body, head = {}, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json', ...head });
  response.end(JSON.stringify(body));
};
const okta = (code, summary, causes = []) => ({ errorCode: code, errorSummary: summary, errorLink: code, errorId: 'oae1',
  errorCauses: causes.map((errorSummary) => ({ errorSummary })) });

// Serves `answer`, drives `lines` against it, hands both to `look`.
const with_server = (name, answer, lines, look, options = ['--fast', 1]) => test(name, async () => {
  const server = await serve(answer);
  try {
    look(await drive(['--url', server.url, ...options], lines), server);
  } finally {
    await server.close();
  }
});

// ---- well-behaved ------------------------------------------------------------------

with_server('JSON goes and comes back', (request, response) => {
  if (request.method === 'DELETE') { response.writeHead(204); response.end(); return; }
  json(response, { got: JSON.parse(request.text || 'null'), type: request.headers['content-type'] ?? null });
}, ['json POST /a {"x":[1,"ü"]}', 'json GET /b?q=1', 'json DELETE /c', 'json POST /d'], ([post, get, gone, empty], server) => {
  assert.deepEqual(post.json, { got: { x: [1, 'ü'] }, type: 'application/json' });
  assert.deepEqual(get.json, { got: null, type: null });
  assert.equal(gone.status, 204);
  assert.equal(gone.json, null);
  assert.ok(gone.done && empty.done);
  assert.deepEqual(server.seen.map((r) => `${r.method} ${r.url}`), ['POST /a', 'GET /b?q=1', 'DELETE /c', 'POST /d']);
  assert.equal(server.seen[3].headers['content-length'], '0');
  assert.ok(server.seen.every((r) => r.headers.expect === undefined && r.headers['x-okta-retry-for'] === undefined));
});

with_server('an error says what the tenant said, its cure and its request', (request, response) =>
  json(response, okta('E0000001', 'Api validation failed: gateways', ['gateways: The IP: 1.2 is invalid.']),
    { 'x-okta-request-id': 'req-7' }, 400), ['json POST /zones {}'], ([answer]) => {
  assert.ok(!answer.done && answer.status === 400 && answer.was_sent);
  assert.match(answer.problem, /^POST http:\/\/127\.0\.0\.1:\d+\/zones: 400 Bad Request: E0000001: Api validation failed: gateways; gateways: The IP: 1\.2 is invalid\. \(request req-7\)$/);
});

with_server('pages are followed to the last', (request, response) => {
  const page = Number(new URL(request.url, 'http://x').searchParams.get('after') ?? 0);
  const head = page < 4 ? { link: [`<http://${request.headers.host}/l>; rel="self"`, `<http://${request.headers.host}/l?after=${page + 1}>; rel="next"`] } : {};
  json(response, [page * 2, page * 2 + 1], head);
}, ['list /l'], ([answer]) => assert.deepEqual(answer.json, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));

with_server('links in one field, relative ones, other relations', (request, response) => {
  const first = request.url === '/l';
  json(response, [request.url], first ? { link: '</self>; rel=self, </l?p=2>; title="a, \\"b\\""; REL="last next"' } : { link: '</x>; rel="prev"' });
}, ['list /l'], ([answer]) => assert.deepEqual(answer.json, ['/l', '/l?p=2']));

// ---- asked to wait -------------------------------------------------------------------

with_server('429 waits for the reset, by the server\'s clock', (request, response, count) => {
  if (count === 1) {
    const then = Math.floor(Date.now() / 1000) + 5000; // its clock is off
    json(response, okta('E0000047', 'too many'), { date: new Date(then * 1000).toUTCString(), 'x-rate-limit-limit': 50,
      'x-rate-limit-remaining': 0, 'x-rate-limit-reset': then + 17, 'x-okta-request-id': 'first' }, 429);
  } else json(response, 'done');
}, ['json POST /p {}'], ([answer], server) => {
  assert.equal(answer.json, 'done');
  assert.equal(answer.waits.length, 1);
  assert.ok(answer.waits[0] >= 17000 && answer.waits[0] <= 19000, String(answer.waits));
  assert.equal(server.seen[1].headers['x-okta-retry-for'], 'first');
  assert.equal(server.seen[1].headers['x-okta-retry-count'], '1');
});

with_server('429 for concurrency waits shortly', (request, response, count) => {
  if (count < 4) json(response, okta('E0000047', 'too many'), { 'x-rate-limit-limit': 0, 'x-rate-limit-remaining': 0, 'x-rate-limit-reset': 99999999999 }, 429);
  else json(response, 1);
}, ['json PUT /p {}'], ([answer]) => {
  assert.ok(answer.done);
  assert.equal(answer.waits.length, 3);
  assert.ok(answer.waits.every((wait) => wait >= 250 && wait <= 1500));
});

with_server('Retry-After in seconds and as a date', (request, response, count) => {
  if (count === 1) json(response, {}, { 'retry-after': '7' }, 503);
  else if (count === 2) json(response, {}, { 'retry-after': new Date(Date.now() + 9000).toUTCString() }, 429);
  else json(response, 1);
}, ['json POST /p {}'], ([answer]) => {
  assert.ok(answer.done);
  assert.equal(answer.waits[0], 7000);
  assert.ok(answer.waits[1] >= 7000 && answer.waits[1] <= 10500, String(answer.waits));
});

with_server('423 backs off and tries again', (request, response, count) =>
  count < 5 ? json(response, okta('E0000239', 'reconciling'), {}, 423) : json(response, 1), ['json PUT /p {}'], ([answer]) => {
  assert.ok(answer.done);
  assert.equal(answer.waits.length, 4);
  assert.ok(answer.waits[3] > answer.waits[0]);
});

with_server('patience ends: the 429 is told', (request, response) =>
  json(response, okta('E0000047', 'API call exceeded rate limit due to too many requests.'), { 'x-rate-limit-limit': 5, 'x-rate-limit-remaining': 0,
    'x-rate-limit-reset': Math.floor(Date.now() / 1000) + 900 }, 429), ['json GET /p'], ([answer], server) => {
  assert.equal(answer.status, 429);
  assert.equal(server.seen.length, 1);
  assert.match(answer.problem, /429 Too Many Requests: E0000047.*try again later/);
});

with_server('a storm of 429 ends', (request, response) => json(response, okta('E0000047', 'x'), { 'retry-after': '1' }, 429),
  ['json POST /p {}'], ([answer], server) => {
    assert.equal(answer.status, 429);
    assert.ok(server.seen.length <= 41);
  });

with_server('a header of nonsense is as none', (request, response, count) => count === 1
  ? json(response, {}, { 'retry-after': '-5', 'x-rate-limit-reset': '1e99', 'x-rate-limit-limit': 'many' }, 429)
  : json(response, 1), ['json GET /p'], ([answer]) => {
  assert.ok(answer.done);
  assert.ok(answer.waits[0] <= 1000);
});

// ---- what may be sent twice ------------------------------------------------------------

for (const status of [500, 502, 503, 504]) {
  with_server(`${status}: a GET is sent again, a write is not`, (request, response, count) =>
    request.method !== 'GET' || count === 1 ? json(response, {}, {}, status) : json(response, 1), ['json GET /p', 'json POST /p {}'], ([get, post], server) => {
    assert.ok(get.done && get.retries === 1);
    assert.ok(!post.done && post.status === status && post.was_sent);
    assert.equal(server.seen.length, 3);
  });
}

with_server('503 that the tenant itself explains is sent again', (request, response, count) => count === 1
  ? json(response, okta('E0000010', 'read only'), {}, 503) : json(response, 1), ['json POST /p {}'], ([answer], server) => {
  assert.ok(answer.done && server.seen.length === 2);
});

with_server('a write whose connection is cut is sent once and told as unsure', (request) => request.socket.destroy(),
  ['json POST /p {}', 'json DELETE /p', 'json POST /activate'], (answers, server) => {
    for (const answer of answers) {
      assert.ok(!answer.done && answer.was_sent && answer.retries === 0);
      assert.match(answer.problem, /no whole answer: .*whether it took effect is not known$/);
    }
    assert.equal(server.seen.length, 3);
  });

test('a write on a connection that was kept and died is not repeated silently', async () => {
  const server = await serve((request, response) => request.method === 'GET' ? json(response, 1) : request.socket.destroy());
  const answers = await drive(['--url', server.url, '--fast', 1], ['json GET /a', 'json POST /b {}', 'json GET /c']);
  assert.deepEqual(answers.map((a) => a.done), [true, false, true]);
  assert.equal(server.seen.filter((r) => r.method === 'POST').length, 1);
  await server.close();
});

with_server('a GET whose connection is cut is sent again', (request, response, count) =>
  count < 3 ? request.socket.destroy() : json(response, 1), ['json GET /p'], ([answer]) => assert.ok(answer.done && answer.retries >= 1));

test('a write that reached nobody is sent again, and told as not sent', async () => {
  const server = await serve(() => {});
  await server.close();
  const [answer] = await drive(['--url', server.url, '--fast', 1], ['json POST /p {}']);
  assert.ok(!answer.done && !answer.was_sent && answer.retries === 4);
  assert.match(answer.problem, /cannot be reached/);
});

test('half an answer', async () => {
  const server = await serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":'));
  const [get, post] = await drive(['--url', server.url, '--fast', 1], ['json GET /p', 'json POST /p {}']);
  assert.ok(!get.done && get.requests === 5);
  assert.ok(!post.done && post.was_sent && post.requests === 1);
  await server.close();
});

// ---- hostile ----------------------------------------------------------------------------

with_server('pages without an end', (request, response, count) =>
  json(response, [], { link: `</l?p=${count}>; rel="next"` }), ['list /l'], ([answer], server) => {
  assert.match(answer.problem, /the list has more than 50 pages$/);
  assert.equal(server.seen.length, 50);
}, ['--fast', 1, '--pages', 50]);

with_server('pages in a circle', (request, response) => json(response, [1], { link: `</l?p=${request.url === '/l?p=1' ? 2 : 1}>; rel="next"` }),
  ['list /l'], ([answer], server) => {
    assert.match(answer.problem, /lead back to one that was read$/);
    assert.equal(server.seen.length, 3);
  });

for (const [name, link] of [['another host', 'https://evil.example/l?after=1'], ['another port', 'http://127.0.0.1:1/l'], ['another scheme', 'file:///etc/passwd'],
  ['no scheme', '//evil.example/x'], ['a user', 'http://u:p@127.0.0.1/l'], ['nothing', ''], ['a look-alike', 'http://127.0.0.1.evil.example/']]) {
  with_server(`the next page at ${name}`, (request, response) => json(response, [1], link === '' ? { link: '<>; rel="next"' } : { link: `<${link}>; rel="next"` }),
    ['list /l'], ([answer], server) => {
      assert.ok(!answer.done && answer.json === null);
      assert.match(answer.problem, /the next page is said to be at|lead back/);
      assert.ok(server.seen.length <= (link === '' ? 2 : 1));
    });
}

for (const status of [301, 302, 303, 307, 308]) {
  with_server(`${status} to another host is not followed, with or without credentials`, (request, response) => {
    response.writeHead(status, { location: 'https://evil.example/take' });
    response.end();
  }, ['json GET /p', 'json POST /p {}', 'list /p'], (answers, server) => {
    for (const answer of answers) assert.match(answer.problem, new RegExp(`${status} leads to “https://evil.example/take”, which is not followed`));
    assert.equal(server.seen.length, 3);
  });
}

with_server('a redirect at the same place is followed for GET alone', (request, response) => {
  if (request.url === '/new') return json(response, request.method);
  response.writeHead(307, { location: '/new' });
  response.end();
}, ['json GET /p', 'json POST /p {}'], ([get, post], server) => {
  assert.equal(get.json, 'GET');
  assert.ok(!post.done && post.status === 307);
  assert.equal(server.seen.length, 3);
});

with_server('redirects in a circle end', (request, response) => { response.writeHead(302, { location: '/p' }); response.end(); },
  ['json GET /p'], ([answer], server) => assert.ok(!answer.done && server.seen.length === 6));

test('a gigabyte is cut off', async () => {
  const block = 'x'.repeat(1 << 20);
  let written = 0;
  const server = await serveBytes((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const more = () => { while (written < 1 << 30 && socket.writable) { written += 1 << 20; if (!socket.write(`100000\r\n${block}\r\n`)) break; } };
    socket.on('drain', more);
    more();
  });
  const answers = await drive(['--url', server.url, '--fast', 1, '--largest', 4 << 20], ['json GET /p']);
  assert.match(answers[0].problem, /larger than 4194304 bytes/);
  assert.ok(answers[0].was_sent && written < 200 << 20, `${written} bytes were taken`);
  await server.close();
});

test('a length of an exabyte is refused before it comes', async () => {
  const server = await serveBytes((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\nx'));
  const [answer] = await drive(['--url', server.url, '--fast', 1], ['json GET /p']);
  assert.match(answer.problem, /larger than/);
  await server.close();
});

test('headers without an end', async () => {
  const server = await serveBytes((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = () => { while (socket.writable && socket.write(`X-Many: ${'y'.repeat(1000)}\r\n`)); };
    socket.on('drain', more);
    more();
  });
  const answers = await drive(['--url', server.url, '--fast', 1, '--timeout', 20], ['json POST /p {}']);
  assert.match(answers[0].problem, /head than 256 KiB; whether it took effect is not known/);
  assert.ok(answers.peak < 100 << 10 || process.env.SANITIZED, `${answers.peak} KiB`);
  await server.close();
});

test('one byte a second is no answer', async () => {
  const timers = [];
  const server = await serveBytes((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
    timers.push(setInterval(() => socket.writable && socket.write('x'), 200));
  });
  const start = Date.now();
  const [answer] = await drive(['--url', server.url, '--fast', 1, '--timeout', 1], ['json POST /p {}']);
  assert.ok(!answer.done && answer.was_sent && Date.now() - start < 100000);
  assert.match(answer.problem, /no whole answer/);
  timers.forEach(clearInterval);
  await server.close();
});

test('millions of values are not unpacked', async () => {
  const server = await serve((request, response) => { response.writeHead(200); response.end(`[${'0,'.repeat(8 << 20)}0]`); });
  const answers = await drive(['--url', server.url, '--fast', 1], ['json GET /p', 'list /p']);
  for (const answer of answers) assert.match(answer.problem, /more than 2000000 values/);
  assert.ok(answers.peak < 120 << 10 || process.env.SANITIZED, `${answers.peak} KiB`);
  await server.close();
});

test('a list of many pages is bounded as a whole', async () => {
  const page = JSON.stringify(['x'.repeat(1 << 20)]);
  const server = await serve((request, response, count) => { response.writeHead(200, { link: `</l?p=${count}>; rel="next"` }); response.end(page); });
  const [answer] = await drive(['--url', server.url, '--fast', 1, '--largest', 2 << 20], ['list /l']);
  assert.match(answer.problem, /the list is larger than 8388608 bytes/);
  assert.equal(server.seen.length, 8);
  await server.close();
});

for (const [name, body, says] of [['no JSON', '<html>', /no JSON: /], ['JSON that ends early', '{"a":', /no JSON: /], ['a NUL', '"\u0000"', /no JSON: /], ['a key that stands twice', '{"access":"DENY","access":"ALLOW"}', /no JSON: duplicate object key/],
  ['brackets 100000 deep', '['.repeat(100000), /no JSON: /], ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /no JSON: /]]) {
  with_server(name, (request, response) => { response.writeHead(200); response.end(body); }, ['json GET /p'], ([answer]) => {
    assert.ok(!answer.done);
    assert.match(answer.problem, says);
  });
}

for (const body of ['{}', 'null', '"x"', '17']) {
  with_server(`${body} where a list was to come`, (request, response) => { response.writeHead(200); response.end(body); }, ['list /p'], ([answer]) =>
    assert.match(answer.problem, /a list was to come, not this$/));
}

with_server('an error of wrong types', (request, response) => json(response, { errorCode: [1], errorSummary: { a: 1 }, errorCauses: 'x', error: 7, errors: [null, 3, { message: [] }] }, {}, 400),
  ['json GET /p'], ([answer]) => assert.match(answer.problem, /: 400 Bad Request$/));

with_server('control characters, bidi marks and line ends are shown, not done', (request, response) =>
  json(response, okta('E1', 'a\u001b[2Jb\r\nc\u202ed\u0085e\u2028f'), {}, 400), ['json GET /p'], ([answer]) => {
  assert.ok(answer.problem.includes('a\\x1b[2Jb\\x0d\\x0ac\\u202ed\\x85e\\u2028f'), answer.problem);
  assert.ok(!/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/.test(answer.problem));
});

with_server('an error of a megabyte is cut', (request, response) => json(response, okta('E1', 'ü'.repeat(1 << 19)), {}, 400), ['json GET /p'], ([answer]) =>
  assert.ok(answer.problem.length < 1024));

test('no HTTP at all, old HTTP, odd statuses', async () => {
  for (const bytes of ['SSH-2.0-OpenSSH\r\n', '\u0000\u0001\u0002', 'HTTP/1.1 99999 X\r\n\r\n', 'HTTP/1.1 200\r\nContent-Length: -1\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n12345', '{"a":1}']) {
    const server = await serveBytes((socket) => socket.end(bytes));
    const [answer] = await drive(['--url', server.url, '--fast', 1, '--timeout', 3], ['json POST /p {}']);
    assert.ok(!answer.done && answer.problem !== '', bytes);
    await server.close();
  }
});

// ---- addresses -------------------------------------------------------------------------

test('addresses that are refused, and why', async () => {
  for (const [url, why] of [['http://acme.okta.com', /loopback/], ['ftp://acme.okta.com', /https:/], ['https://user:secret@acme.okta.com', /user or a password/],
    ['https://acme.okta.com/#x', /#/], ['https://acme.okta.com/api', /ends with the host/], ['https://acme.okta.com/?q=1', /ends with the host/], ['https:// acme', /no address/],
    ['http://127.0.0.1.evil.example', /loopback/], ['http://localhost.evil.example', /loopback/], ['http://127.1.2.3@evil.example', /user/], ['', /no address/], ['https://', /no address/],
    ['http://127.0.0.256', /loopback|no address/], ['http://[::2]', /loopback/], ['\u001b[31m', /no address/]]) {
    const [answer] = await drive(['--url', url], []);
    assert.equal(answer.problem_kind, 3, url);
    assert.match(answer.problem, why);
    assert.ok(!answer.problem.includes('secret'));
  }
});

with_server('paths that would change the request are refused', (request, response) => json(response, 1),
  ['send GET x', 'send GET /a\tb', 'send GET /ü', 'send GET /a#b', 'send GET //evil.example/', 'send GET /@evil.example'], (answers, server) => {
    assert.deepEqual(answers.map((a) => a.done), [false, false, false, false, true, true]);
    assert.deepEqual(server.seen.map((r) => r.url), ['//evil.example/', '/@evil.example']);
  });
void folder;
