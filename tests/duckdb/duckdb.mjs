// The extension in DuckDB within Node: duckdb.mjs EXTENSION WORK. The corpus from a
// Parquet file against `woapol eval`, what is refused, many threads, flat memory.
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'

const [extension, work] = process.argv.slice(2)
const text = value => JSON.stringify(value, (_, v) => typeof v === 'bigint' ? Number(v) : v)
function is(title, got, wanted) {
  const same = text(got) === text(wanted)
  console.log(`${same ? 'ok' : 'not ok'} - duckdb ${title}${same ? '' : `: wanted ${text(wanted)}, got ${text(got)}`}`)
}
async function open(options = {}) {
  const instance = await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'true', threads: '2', ...options })
  const db = await instance.connect()
  await db.run(`LOAD '${extension}'`)
  return { instance, db }
}
const { instance, db } = await open()
const rows = async (sql, on = db) => (await on.runAndReadAll(sql)).getRowsJson()
const one = async (sql, on = db) => (await rows(sql, on))[0]?.[0]
const error = async (sql, on = db) => { try { return await rows(sql, on) } catch (e) { return e.message.split('\n')[0] } }

// Images go in by DuckDB's own reading of files.
const names = (await readdir(`${work}/corpus`)).filter(f => f.endsWith('.wob')).map(f => f.slice(0, -4)).sort()
is('images are loaded', await one(`SELECT count(woapol_load(parse_filename(filename, true), content)) FROM read_blob('${work}/corpus/*.wob')`), String(names.length))

// Sign-ins as a Parquet file has them.
await db.run(`CREATE TABLE corpus AS SELECT * FROM read_csv('${work}/rows.csv', header = false, quote = '"', escape = '"',
    columns = {name: 'VARCHAR', number: 'INT', request: 'JSON', native: 'JSON'}, max_line_size = 20000000)`)
await db.run(`COPY (SELECT name, number, request->>'$.ip' AS ip, request->>'$.device' AS device, (request->'$.groups')::VARCHAR[] AS groups,
    request->>'$.app' AS app, request->>'$.user' AS "user", request->>'$.entry' AS entry, (request->>'$.managed')::BOOLEAN AS managed,
    (request->>'$.compliant')::BOOLEAN AS compliant, request->>'$.risk' AS risk, (request->>'$.groups_complete')::BOOLEAN AS groups_complete
    FROM corpus WHERE (native->'$.error') IS NULL) TO '${work}/signin.parquet' (FORMAT parquet)`)
const facts = 'ip, device, groups, app, "user", entry, managed, compliant, risk, groups_complete'
const signins = `read_parquet('${work}/signin.parquet')`
const natives = new Map((await rows(`SELECT name, number, native::VARCHAR FROM corpus`)).map(([name, number, native]) => [`${name} ${number}`, JSON.parse(native)]))
let count = 0
const wrong = []
for (const [name, number, d, effect, rule] of await rows(`SELECT name, number, woapol_decide(name, ${facts}), woapol_effect(name, ${facts}), woapol_rule(name, ${facts}) FROM ${signins}`)) {
  const native = natives.get(`${name} ${number}`)
  const wanted = [native.effect, native.policy, native.rule, native.chain, native.reauth_s, native.message, native.report, native.reason, null, native.effect, native.rule]
  const got = [d.effect, d.policy, d.rule, JSON.parse(d.chain), d.reauth_s === null ? null : Number(d.reauth_s), d.message, d.report, d.reason, d.error, effect, rule]
  count++
  if (text(got) !== text(wanted)) wrong.push(`${name} ${number}: ${text(got)}, native ${text(wanted)}`)
}
is('the corpus is not small', count > 1000, true)
is(`decides as native, ${count} rows of Parquet`, wrong.slice(0, 3), [])

// Fewer columns are fewer facts; NULL is absent.
const some = names[0]
is('what is left out is absent', await one(`SELECT count(*) FROM ${signins} WHERE woapol_effect('${some}', ip, device) IS DISTINCT FROM woapol_effect('${some}', ip, device, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`), '0')
is('all NULL', (await one(`SELECT woapol_decide('${some}', NULL)`)).error, null)

// A row that is no request: told in its row by one, the end of the query by the others.
const bad = async (...columns) => (await one(`SELECT woapol_decide('${some}', ${columns.join(', ')})`))
is('a bad address', [(await bad(`'1.2.3'`)).error, (await bad(`'1.2.3'`)).effect], ['ip is not an IPv4 or IPv6 address', null])
is('a bad risk', (await bad(`'1.2.3.4'`, 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', `'Low'`)).error, 'risk must be low, medium or high')
is('a group that is NULL', (await bad(`'1.2.3.4'`, 'NULL', `['Staff', NULL]`)).error, 'groups must hold strings only, not NULL')
is('no groups', (await bad(`'1.2.3.4'`, 'NULL', `[]`)).error, null)
is('one bad row among good ones', await rows(`SELECT woapol_decide('${some}', ip).error IS NULL FROM (VALUES ('1.2.3.4'), ('x'), ('::1')) v (ip)`), [[true], [false], [true]])
is('a bad row ends a query of one text', /ip is not an IPv4/.test(await error(`SELECT woapol_effect('${some}', ip) FROM (VALUES ('1.2.3.4'), ('x')) v (ip)`)), true)
is('an unknown policy', /no image was loaded .* name: nobody/.test(await error(`SELECT woapol_effect('nobody', '1.2.3.4')`)), true)
is('a policy that is NULL', /must not be NULL/.test(await error(`SELECT woapol_decide(NULL, '1.2.3.4')`)), true)
is('too few columns', /No function matches|Binder Error/.test(await error(`SELECT woapol_decide('${some}')`)), true)

// What is no image; a name stands for one image.
const image = await readFile(`${work}/corpus/${some}.wob`)
const hex = bytes => `'${[...bytes].map(b => '\\x' + b.toString(16).padStart(2, '0')).join('')}'::BLOB`
is('an empty image', /no image that can be used/.test(await error(`SELECT woapol_load('bad', ''::BLOB)`)), true)
is('a cut image', /no image that can be used/.test(await error(`SELECT woapol_load('bad', ${hex(image.subarray(0, 200))})`)), true)
is('NULL is no image', /must not be NULL/.test(await error(`SELECT woapol_load('bad', NULL)`)), true)
let taken = 0
for (let i = 0; i < 60; i++) {
  const bytes = new Uint8Array(image)
  bytes[(i * 7919) % bytes.length] ^= 1 << i % 8
  await writeFile(`${work}/bit.wob`, bytes)
  if (!/no image/.test(await error(`SELECT woapol_load('bit', content) FROM read_blob('${work}/bit.wob')`))) taken++
}
is('a bit that is turned', taken, 0)
is('the same image again', typeof await one(`SELECT woapol_load('${some}', content) FROM read_blob('${work}/corpus/${some}.wob')`), 'string')
is('another by the same name', /stands for another image/.test(await error(`SELECT woapol_load('${some}', content) FROM read_blob('${work}/corpus/${names[1]}.wob')`)), true)

// Old against new, over threads and files; what one thread says.
await db.run(`CREATE TABLE many AS SELECT s.* FROM ${signins} s, range(60)`)
const digest = async on => rows(`SELECT name, woapol_rule(name, ${facts}) AS rule, woapol_effect('${some}', ip, device, groups) AS old,
    woapol_effect('${names[1]}', ip, device, groups) AS new, count(*) AS n FROM many GROUP BY ALL ORDER BY ALL`, on)
const two = await digest()
await db.run('SET threads = 1')
is('two threads say what one does', two, await digest())
await db.run('SET threads = 2')
const connections = await Promise.all([1, 2, 3].map(() => instance.connect()))
is('three connections at once', (await Promise.all(connections.map(digest))).map(text), [text(two), text(two), text(two)])

// A database has its own images, and a second may load the extension in one process.
const other = await open()
is('images are of a database', /no image was loaded/.test(await error(`SELECT woapol_effect('${some}', '1.2.3.4')`, other.db)), true)
await one(`SELECT woapol_load('${some}', content) FROM read_blob('${work}/corpus/${names[1]}.wob')`, other.db)
is('the same name elsewhere', await one(`SELECT count(*) FROM (SELECT woapol_effect('${some}', ip) AS e FROM ${signins})`, other.db), String(count))
other.db.closeSync()
other.instance.closeSync()

// The query planner folds what is constant, and files can be shut off once images are in.
await db.run(`SET enable_external_access = false`)
is('no file is read to decide', await one(`SELECT count(woapol_effect('${some}', ip)) FROM many`), String(count * 60))
is('nor is one by loading', /no image|disabled|Permission/.test(await error(`SELECT woapol_load('x', content) FROM read_blob('${work}/corpus/${some}.wob')`)), true)

// Memory does not grow with rows.
const resident = async () => Number((await readFile('/proc/self/statm', 'utf8')).split(' ')[1]) * 4
const million = kind => one(`SELECT count(woapol_${kind}('${some}', '10.' || i % 256 || '.3.4', 'ios', ['Staff', 'g' || i])) FROM range(1000000) r (i)`)
for (const kind of ['decide', 'effect']) {
  await million(kind)
  await million(kind)
  const before = await resident()
  for (let i = 0; i < 4; i++) await million(kind)
  const grown = await resident() - before
  is(`memory: ${kind}`, grown < 20000 ? 'flat' : `${grown} kB more`, 'flat')
}
const start = process.hrtime.bigint()
await million('effect')
console.log(`# a million rows in ${Number(process.hrtime.bigint() - start) / 1e6} ms`)
