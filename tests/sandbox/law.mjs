// Random policies that a tenant can hold: pushed into the sandbox, its own judgement of
// each of ten sign-ins is what `woapol eval` says, and the next plan is empty.
//     law.mjs okta|access BATCH GENERATE WORK POLICIES SEED
// BATCH is the tool and the sandbox in one process (batch.c), GENERATE makes policies and
// sign-ins for Access (tests/access/generate.c); Okta's are made here.
import assert from "node:assert/strict";
import {spawn, spawnSync} from "node:child_process";
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import readline from "node:readline";
import {APPS, GROUPS, METHODS, USERS, ofWoapol, randomness, signIn, source} from "../okta/random.mjs";

const [tenant, batch, generate, work, policies, first] = process.argv.slice(2);
const AS_LONG_AS_IT_LASTS = 43800 * 3600, SIGN_INS = 10;
mkdirSync(work, {recursive: true});

const through = ([step, ...rest]) => [...new Set(step)].flatMap(mine => rest.length ? through(rest).map(more => `${mine} > ${more}`) : [mine]);
const okta = {
  sample: () => ({groups: Object.values(GROUPS).map(name => ({name})), apps: APPS.map(name => ({name})),
    users: USERS.map(login => ({login, name: login}))}),
  * orders() {
    for (let seed = Number(first); seed < Number(first) + Number(policies); seed++) {
      const random = randomness(seed), text = source(random, {url: "https://corp.okta.example", assured: false});
      const asked = Array.from({length: SIGN_INS}, () => signIn(random));
      yield {seed, source: text, reset: true, push: ["--yes", "--allow-lockout"], requests: asked.map(({request}) => request),
        sign_ins: asked.map(({request, signIn: {chain: ip, app, user, groups, risk, device}}) => ({tenant: "okta", ip, app, user, groups,
          risk: risk.toLowerCase(), device: {...device, ...(request.device ? {platform: request.device} : {})}}))};
    }
  },
  // By which ways people get in, what is demanded of methods left out.
  ofTool: decision => {
    const {ways: told, ...rest} = ofWoapol(decision);
    return told ? {...rest, ways: [...new Set(told.map(way => way.replace(/!\w+/g, "")))].sort()} : rest;
  },
  ofSandbox: ({effect, chain, reauth_s: seconds}) => effect !== "authenticate" ? {effect} : {
    effect, reauth: seconds === AS_LONG_AS_IT_LASTS ? null : seconds, ways: chain && [...new Set(chain.flatMap(through))].sort()},
};

// What the console calls methods.
const LABELS = {password: "Password (cloud deployment)", password_uem: "Password (with Workspace ONE UEM)", password_local: "Password (Local Directory)",
  authenticator_app: "Authenticator App", mobile_sso_ios: "Mobile SSO (for iOS)", fido2: "FIDO2", duo: "Duo MFA", at_gate: "Badge at the gate"};
// A step that takes any of some methods is as many fallbacks.
const ways = chain => chain.flatMap(steps => steps.reduce((begun, step) => begun.flatMap(way => step.map(method => [...way, [LABELS[method]]])), [[]]));
const html = text => text?.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") ?? null;
const badge = {method: "POST", path: "/SAAS/jersey/manager/api/identityProviders", body: {name: "Gate", friendlyName: "Gate", identityProviderType: "MANUAL",
  nameIdFormatType: [], metaData: "<md/>", nIDPStatus: 1, orgNetworks: [], authMethods: [{authMethodId: "7f2b6d7e-0000-4000-8000-0000000000aa",
    authMethodName: LABELS.at_gate, samlAuthnContext: "urn:badge", authMethodOrder: 1, authScore: 1, defaultMethod: true}]}};
const lines = (folder, name) => readFileSync(join(folder, name), "utf8").trim().split("\n").map(line => JSON.parse(line));

const access = {
  sample: () => {
    const usual = JSON.parse(readFileSync(new URL("../../compiler/sandbox/sample.json", import.meta.url), "utf8"));
    usual.groups.push({name: "G1"}, {name: "G3"});
    usual.apps.push({name: "Sales Force"}, {name: "Pay/Roll"}, {name: "A2"});
    return usual;
  },
  // Each goes into the tenant that the one before it left.
  * orders() {
    const folder = join(work, "policies");
    mkdirSync(folder);
    const made = spawnSync(generate, [folder, first, policies, String(SIGN_INS)], {encoding: "utf8"});
    assert.equal(made.status, 0, made.stderr);
    const seeds = readdirSync(folder).filter(name => name.startsWith("policy-")).map(name => Number(name.slice(7, -7))).sort((a, b) => a - b);
    assert.equal(seeds.length, Number(policies));
    for (const [place, seed] of seeds.entries())
      yield {seed, source: readFileSync(join(folder, `policy-${seed}.woapol`), "utf8"), push: ["--yes", "--allow-lockout", "--accept-unverified", "--prune"],
        plan: ["--prune"], calls: place === 0 ? [badge] : [], requests: lines(folder, `asked-${seed}.jsonl`), sign_ins: lines(folder, `ordered-${seed}.jsonl`)};
  },
  ofTool: ({effect, chain, reauth_s: reauth, message}) => ({effect, chain: chain && ways(chain), reauth, message: html(message)}),
  ofSandbox: ({effect, chain, reauth_s: reauth, message}) => ({effect, chain: chain ?? null, reauth: reauth ?? null, message: message ?? null}),
};

const kind = {okta, access}[tenant];
writeFileSync(join(work, "sample.json"), JSON.stringify(kind.sample()));
const child = spawn(batch, [join(work, "batch"), join(work, "sample.json"), tenant], {stdio: ["pipe", "pipe", "inherit"]});
child.stdin.on("error", () => {});
const answers = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
const ended = new Promise(resolve => child.on("close", (status, signal) => resolve(signal ?? status)));

const seen = {held: 0, refused: 0, decisions: 0, effects: {}};
const one = async order => {
  child.stdin.write(JSON.stringify(order) + "\n");
  const {value, done} = await answers.next();
  if (done)
    throw new Error(`seed ${order.seed}: the batch ended with ${await ended}`);
  const {push, plan, said, eval: told, sign_ins: decided} = JSON.parse(value);
  if (push === 3 && /WOA6\d\d\d/.test(said[0])) {
    seen.refused++;
    return;
  }
  assert.equal(push, 0, `seed ${order.seed}: push: ${said[0]}`);
  assert.equal(told.length, SIGN_INS, `seed ${order.seed}: ${JSON.stringify(told)}`);
  assert.equal(decided.length, SIGN_INS);
  for (const [index, decision] of decided.entries()) {
    assert.deepEqual(kind.ofSandbox(decision), kind.ofTool(told[index]), `seed ${order.seed}: ${JSON.stringify(order.requests[index])}
eval: ${JSON.stringify(told[index])}\nsandbox: ${JSON.stringify(decision)}\nsandbox was asked: ${JSON.stringify(order.sign_ins[index])}\n${order.source}`);
    seen.decisions++;
    seen.effects[decision.effect] = (seen.effects[decision.effect] ?? 0) + 1;
  }
  assert.equal(plan, 0, `seed ${order.seed}: the next plan is not empty: ${said[1]}`);
  seen.held++;
};

let status = 0;
try {
  for (const order of kind.orders())
    await one(order);
  assert.ok(seen.held >= policies / 2, `only ${seen.held} of ${policies} could be held`);
  for (const effect of ["deny", "authenticate"])
    assert.ok(seen.effects[effect] > 0, `no sign-in came to ${effect}`);
} catch (problem) {
  console.error(problem.message);
  status = 1;
}
console.log(JSON.stringify(seen));
child.stdin.end();
if (await ended !== 0)
  status = 1;
process.exit(status);
