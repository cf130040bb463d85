// Cases that print TAP, and the driver that is tested.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';

const [, , driver, work, tap] = process.argv;
export const folder = work;
const cases = [];
export const test = (name, body) => cases.push([name, body]);

const most = (status) => Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);

// Runs the driver over `lines`. Returns an answer for each, and on the array what
// came on standard error and how many KiB it had in use at most.
export function drive(options, lines, env = {}) {
  return new Promise((resolve, reject) => {
    const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^WOAPOL_|_proxy$/i.test(name)));
    const child = spawn(driver, options.map(String), { env: { ...plain, ...env } });
    let out = '', err = '', peak = 0;
    child.stdout.on('data', (data) => {
      out += data;
      try { peak = Math.max(peak, most(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))); } catch { /* it has ended */ }
      // The last answer is there: let it end.
      if (out.split('\n').length > lines.length) child.stdin.end();
    });
    child.stderr.on('data', (data) => { err += data; });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      try {
        assert.ok(signal === null, `the driver was killed by ${signal}: ${err}`);
        const answers = out.split('\n').filter(Boolean).map((line) => JSON.parse(line));
        resolve(Object.assign(answers, { err, out, peak, status }));
      } catch (error) { reject(error); }
    });
    child.stdin.on('error', () => {});
    if (lines.length === 0) child.stdin.end();
    else child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  });
}

export async function run() {
  let failed = 0;
  const out = fs.createWriteStream(tap);
  for (const [name, body] of cases) {
    try {
      await body();
      out.write(`ok - transport: ${name}\n`);
    } catch (error) {
      failed++;
      out.write(`not ok - transport: ${name}\n`);
      console.log(`${name}:\n${error.stack}`);
    }
  }
  await new Promise((resolve) => out.end(resolve));
  process.exit(failed ? 1 : 0);
}
export { assert };
