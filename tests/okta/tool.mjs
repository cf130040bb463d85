// The tool as a session runs it, against an org in this process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startOrg } from './org/server.mjs'

export const WOAPOL = process.env.WOAPOL
export const WORK = process.env.WORK
export const TOKEN = '00secretTokenOfTheTests_x'

// {status, stdout, stderr}. `input` goes to standard input.
export function run(args, { env = {}, input = '', cwd, seconds = 600, tool = WOAPOL } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { cwd, env: { PATH: process.env.PATH, HOME: cwd ?? WORK, XDG_STATE_HOME: join(cwd ?? WORK, 'state'), WOAPOL_OKTA_TOKEN: TOKEN, NO_COLOR: '1', ...env } })
    const parts = { stdout: [], stderr: [] }
    for (const name of Object.keys(parts)) child[name].on('data', (part) => parts[name].push(part))
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ status: signal ?? code, stdout: Buffer.concat(parts.stdout).toString(), stderr: Buffer.concat(parts.stderr).toString() })
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

// Ended as it should; gives the result back.
export function ok(made, status, what = '') {
  assert.equal(made.status, status, `${what} ended with ${made.status}, not ${status}:\n${made.stdout}${made.stderr}`)
  return made
}

let sessions = 0
// An org, a folder, and woapol's commands with the flags that reach it.
export async function session(config, use) {
  mkdirSync(WORK, { recursive: true })
  const cwd = mkdtempSync(join(WORK, `s${++sessions}-`))
  const server = await startOrg({ ...config, auth: { tokens: { [TOKEN]: config.users?.[0]?.login ?? null }, ...config.auth } })
  const made = { server, org: server.org, cwd,
    write: (name, text) => { writeFileSync(join(cwd, name), text); return join(cwd, name) },
    woapol: (args, options = {}) => run(args, { cwd, ...options }) }
  try { return await use(made) } finally {
    await server.close()
    const sent = new Set(server.sent.map(({ method, path, body, form }) => JSON.stringify({ method, path, body: body ?? undefined, form })))
    appendFileSync(join(WORK, 'bodies.jsonl'), [...sent].map((line) => `${line}\n`).join(''))
  }
}

// Does `work` for each, some at once: most of it is waiting.
export async function each(list, work, width = 6) {
  const queue = [...list]
  await Promise.all(Array.from({ length: width }, async () => { while (queue.length) await work(queue.shift()) }))
}
