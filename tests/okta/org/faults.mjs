// What goes wrong, and when. A fault counts the requests that it looks at and
// strikes at the `at`-th and `times` - 1 more:
//   {do, at = 1, times = 1, writes = false, method, path, …}
// do: cut-before, cut-after, cut-middle, 500-before, 500-after, 503, 429,
// 429-concurrency, 423, hang, edit (with `edits`: [{method, path, body}], made by
// somebody else just before), hostile (with `kind`), answer (with status, headers, body).
export class Faults {
  constructor() { this.list = [] }
  set(faults) { this.list = faults.map((fault) => ({ at: 1, times: 1, seen: 0, ...fault })) }
  clear() { this.list = [] }
  // Those that strike now.
  strike(method, path) {
    return this.list.filter((fault) => {
      if (fault.writes && method === 'GET') return false
      if (fault.method && fault.method !== method) return false
      if (fault.path && !new RegExp(fault.path).test(path)) return false
      fault.seen++
      return fault.seen >= fault.at && fault.seen < fault.at + fault.times
    })
  }
}

const drip = (response, chunk, bytes) => {
  let sent = 0
  const more = () => {
    while (sent < bytes && !response.destroyed) {
      sent += chunk.length
      if (!response.write(chunk)) { response.once('drain', more); return }
    }
    if (!response.destroyed) response.end()
  }
  response.on('error', () => {})
  more()
}
const json = { 'content-type': 'application/json' }
// Every field changed, from the inside out.
const walk = (value, change) => Array.isArray(value) ? value.map((one) => walk(one, change))
  : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(key, walk(one, change))])) : value

// What a hostile server does instead of `answer` ({status, headers, body}); true
// when it has seen to the response itself.
export function hostile(kind, response, answer, url) {
  const fail = (status, headers, body) => { response.writeHead(status, headers); response.end(body) }
  switch (kind) {
    case 'gigabyte':
      response.writeHead(200, json)
      response.write('["')
      drip(response, Buffer.alloc(1 << 16, 'a'), 2 ** 31)
      return true
    case 'drip':
      response.writeHead(200, json)
      { const timer = setInterval(() => response.write(' '), 50); response.on('close', () => clearInterval(timer)) }
      return true
    case 'redirect': fail(302, { location: 'http://192.0.2.1/elsewhere' }, ''); return true
    case 'redirect-loop': fail(302, { location: url }, ''); return true
    case 'not-json': fail(200, { 'content-type': 'text/html' }, '<html><body>Sign in</body></html>'); return true
    case 'cut-json': fail(200, json, JSON.stringify(answer.body ?? {}).slice(0, -2)); return true
    case 'deep': fail(200, json, '['.repeat(500000)); return true
    case 'many-headers': fail(200, { ...json, ...Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, 'b'.repeat(4000)])) }, '[]'); return true
    case 'not-utf8': fail(200, json, Buffer.from('[{"id":"\xff\xfe","name":"\xc0\x80"}]', 'latin1')); return true
    case 'long-429': fail(429, { ...json, 'x-rate-limit-limit': '10', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '99999999999' }, '{"errorCode":"E0000047"}'); return true
    case 'endless-pages': if (Array.isArray(answer.body)) answer.headers.link = `<${url.split('?')[0]}?after=${Math.random()}>; rel="next"`; return false
    case 'same-page': if (Array.isArray(answer.body)) answer.headers.link = `<${url}>; rel="next"`; return false
    case 'page-elsewhere': if (Array.isArray(answer.body)) answer.headers.link = '<http://192.0.2.1/api/v1/more>; rel="next"'; return false
    case 'wrong-top': answer.body = Array.isArray(answer.body) ? { items: answer.body } : [answer.body]; return false
    case 'numbers': answer.body = walk(answer.body, (key, one) => (typeof one === 'string' && key !== 'href' ? 7 : one)); return false
    case 'nulls': answer.body = walk(answer.body, (key, one) => (key === 'pipeline' ? one : null)); return false
    case 'objects': answer.body = walk(answer.body, (key, one) => (Array.isArray(one) ? { 0: one } : one)); return false
    case 'control-names':
      answer.body = walk(answer.body, (key, one) => (['name', 'label', 'description', 'errorSummary'].includes(key) && typeof one === 'string' ? `${one}\u001b]0;x\u0007\u001b[2J\r\nok` : one))
      return false
    case 'path-ids': answer.body = walk(answer.body, (key, one) => (key === 'id' && typeof one === 'string' ? `../../evil?x=${one}#` : one)); return false
    case 'empty': fail(200, json, ''); return true
    default: throw new Error(`no such hostile kind: ${kind}`)
  }
}
