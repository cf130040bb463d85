// Random policies that an Okta org can hold: pushed into the sandbox, its own
// judgement of each of ten sign-ins is what `woapol eval` says, and the next plan
// is empty.   law.mjs WOAPOL WORK POLICIES SEED
import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {existsSync, mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {APPS, GROUPS, USERS, ofWoapol, randomness, signIn, source} from "../okta/random.mjs";

const [woapol, work, policies, first] = process.argv.slice(2);
const AS_LONG_AS_IT_LASTS = 43800 * 3600, SIGN_INS = 10;
mkdirSync(work, {recursive: true});

const run = (args, input = "", env = {}) => new Promise(resolve => {
  const child = spawn(woapol, args, {cwd: work, env: {PATH: process.env.PATH, ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? "",
    UBSAN_OPTIONS: process.env.UBSAN_OPTIONS ?? "", XDG_STATE_HOME: join(work, "state"), NO_COLOR: "1", ...env}});
  let printed = "";
  child.stdout.on("data", part => printed += part);
  child.stderr.on("data", part => printed += part);
  child.on("close", status => resolve({status, printed}));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
});

writeFileSync(join(work, "sample.json"), JSON.stringify({
  groups: Object.values(GROUPS).map(name => ({name})), apps: APPS.map(name => ({name})), users: USERS.map(login => ({login, name: login})),
}));
const box = spawn(woapol, ["sandbox", "-d", "box", "--sample", "sample.json", "--ready-file", "ready"], {cwd: work, stdio: "ignore"});
const ended = new Promise(resolve => box.on("close", resolve));
for (let i = 0; !existsSync(join(work, "ready")); i++) {
  assert.ok(i < 600 && box.exitCode === null, "the sandbox did not come up");
  await wait(50);
}
const env = Object.fromEntries([...readFileSync(join(work, "box/env"), "utf8").matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) =>
  [name, value.replace(/^'|'$/g, "")]));

const control = async (path, order) => {
  const answer = await fetch(env.WOAPOL_SANDBOX_CONTROL + path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(order)});
  const body = await answer.text();
  assert.ok(answer.ok, body);
  return body ? JSON.parse(body) : null;
};

const ofSandbox = ({effect, chain, reauth_s: seconds}) => effect !== "authenticate" ? {effect} : {
  effect, chains: chain?.map(one => one.map(step => [...new Set(step)].sort())), reauth: seconds === AS_LONG_AS_IT_LASTS ? null : seconds,
  type: chain ? "AUTH_METHOD_CHAIN" : "ASSURANCE",
};

const seen = {held: 0, refused: 0, decisions: 0};
const one = async seed => {
  const random = randomness(seed), reach = ["--ca", env.WOAPOL_SANDBOX_CA];
  writeFileSync(join(work, "policy.woapol"), source(random, {url: env.WOAPOL_SANDBOX_OKTA}));
  await control("/sandbox/reset", {});
  const pushed = await run(["push", "policy.woapol", "--yes", "--allow-lockout", ...reach], "", env);
  if (pushed.status === 3 && /WOA6\d\d\d/.test(pushed.printed)) {
    seen.refused++;
    return;
  }
  assert.equal(pushed.status, 0, `seed ${seed}: push: ${pushed.printed}`);
  const asked = Array.from({length: SIGN_INS}, () => signIn(random));
  const answers = await run(["eval", "policy.woapol"], asked.map(({request}) => JSON.stringify(request)).join("\n"));
  const lines = answers.printed.trim().split("\n").filter(line => line.startsWith("{"));
  assert.equal(lines.length, SIGN_INS, answers.printed);
  for (const [index, line] of lines.entries()) {
    const {chain: ip, app, user, groups, risk, device} = asked[index].signIn;
    const decision = await control("/sandbox/signin", {tenant: "okta", ip, app, user, groups, risk: risk.toLowerCase(),
      device: {...device, ...(asked[index].request.device ? {platform: asked[index].request.device} : {})}});
    assert.deepEqual(ofSandbox(decision), ofWoapol(JSON.parse(line)), `seed ${seed}: ${JSON.stringify(asked[index])}\neval: ${line}\nsandbox: ${JSON.stringify(decision)}`);
    seen.decisions++;
  }
  const again = await run(["plan", "policy.woapol", ...reach], "", env);
  assert.equal(again.status, 0, `seed ${seed}: the next plan is not empty: ${again.printed}`);
  seen.held++;
};

let status = 0;
try {
  for (let seed = Number(first); seed < Number(first) + Number(policies); seed++)
    await one(seed);
  assert.ok(seen.held >= policies / 2, `only ${seen.held} of ${policies} could be held`);
} catch (problem) {
  console.error(problem.message);
  status = 1;
}
console.log(JSON.stringify(seen));
box.kill("SIGTERM");
if (await ended !== 0)
  status = 1;
process.exit(status);
