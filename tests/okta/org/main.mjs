// Starts an org: main.mjs [CONFIG.json]. Says where it is as one line of JSON and
// runs until it is told to end. {"https": FOLDER} in the configuration makes an
// authority there and serves https.
import { readFileSync } from 'node:fs'
import { authority } from './certificates.mjs'
import { startOrg } from './server.mjs'

const { https, ...config } = process.argv[2] ? JSON.parse(readFileSync(process.argv[2], 'utf8')) : {}
const trust = https ? authority(https) : {}
const server = await startOrg({ ...config, tls: trust.tls })
console.log(JSON.stringify({ url: server.base, control: `http://127.0.0.1:${server.controlPort}`, ca: trust.ca ?? null, pid: process.pid }))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { server.close(); process.exit(0) })
