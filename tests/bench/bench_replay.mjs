// DuckDB's JSON reader on a log: node bench_replay.mjs FILE THREADS ROUNDS prints the
// nanoseconds of the quickest round, and those that it kept cores busy. It reads the fields that a replay reads, their types
// told beforehand, and counts them.
import { DuckDBInstance } from '@duckdb/node-api'

const [, , file, threads, rounds] = process.argv
const database = await DuckDBInstance.create(':memory:', { threads })
const connection = await database.connect()
const query = `SELECT count(eventType), count(published), count(uuid), count(actor.alternateId), count(client.ipAddress),
    count(client.userAgent.rawUserAgent), count(device.managed), count(outcome.result), count(transaction.id),
    count(debugContext.debugData.risk), count(target[1].displayName)
  FROM read_json('${file}', format = 'newline_delimited', maximum_object_size = 1048576, columns = {
    eventType: 'VARCHAR', published: 'VARCHAR', uuid: 'VARCHAR', actor: 'STRUCT(alternateId VARCHAR)',
    client: 'STRUCT(ipAddress VARCHAR, userAgent STRUCT(rawUserAgent VARCHAR))', device: 'STRUCT(managed BOOLEAN)',
    outcome: 'STRUCT("result" VARCHAR)', transaction: 'STRUCT(id VARCHAR)',
    debugContext: 'STRUCT(debugData STRUCT(risk VARCHAR))', target: 'STRUCT("type" VARCHAR, displayName VARCHAR)[]' })`
let best = Infinity, busy = Infinity
for (let i = 0; i < Number(rounds); i++) {
    const start = process.hrtime.bigint(), before = process.cpuUsage()
    await connection.runAndReadAll(query)
    best = Math.min(best, Number(process.hrtime.bigint() - start))
    const used = process.cpuUsage(before)
    busy = Math.min(busy, (used.user + used.system) * 1000)
}
console.log(best, busy)
