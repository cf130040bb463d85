// The same policies and requests through other engines, each in its most favourable
// idiom: policies parsed once, cheapest test first, addresses as numbers, and rules
// that only allow, so that order does not matter to those that know none. Each must
// give woapol's decisions before it is timed. peers.mjs TOOL PROGRAM
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import cedar from "@cedar-policy/cedar-wasm/nodejs";
import { Environment } from "@marcbachmann/cel-js";
import { celEnv, parse, plan } from "@bufbuild/cel";

const [tool, program] = process.argv.slice(2);
const DEVICES = ["ios", "android", "macos", "windows", "browser"];
const REQUESTS = 1000, GROUPS = 100;

let state = 1n;
const random = (below) => {
  state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
  return Number(((state >> 32n) * BigInt(below)) >> 32n);
};
const text_of = (ip) => [24, 16, 8, 0].map((bits) => (ip / 2 ** bits) & 255).join(".");

function make(count) {
  state = BigInt(count);
  const networks = Math.ceil(count / 8);
  const rules = [];
  for (let i = 0; i < count; i++) {
    const network = random(networks);
    const low = (11 + (network % 180)) * 2 ** 24 + Math.floor(network / 180) * 65536;
    rules.push({ network, low, high: low + 65535, device: DEVICES[random(5)],
                 groups: [`G${random(GROUPS)}`, `G${random(GROUPS)}`] });
  }
  const requests = [];
  for (let i = 0; i < REQUESTS; i++) {
    const rule = rules[random(count)];
    requests.push({ ip: rule.low + random(65536), device: DEVICES[random(5)],
                    groups: [`G${random(GROUPS)}`, `G${random(GROUPS)}`,
                             random(2) ? rule.groups[0] : `G${random(GROUPS)}`] });
  }
  return { rules, requests };
}

function woapol({ rules, requests }) {
  const lines = [];
  for (let i = 0; i < GROUPS; i++) lines.push(`group G${i}`);
  const seen = new Set();
  for (const r of rules) {
    if (seen.has(r.network)) continue;
    seen.add(r.network);
    lines.push(`network N${r.network} = ${text_of(r.low)}/16`);
  }
  lines.push("policy P is default {");
  rules.forEach((r, i) => lines.push(`  rule r${i} when device in ${r.device} and ` +
    `group in {${r.groups.join(", ")}} and network in N${r.network} allow`));
  lines.push("  otherwise deny\n}\n");
  writeFileSync("policy.woapol", lines.join("\n"));
  writeFileSync("requests.jsonl", requests.map((r) => JSON.stringify({ ...r, ip: text_of(r.ip) })).join("\n") + "\n");
  execFileSync(tool, ["build", "policy.woapol", "-o", "policy.wob"], { stdio: "ignore" });
  decideOurs();
  return readFileSync("answers", "utf8").trim().split("\n").map((a) => a === "1");
}

// ns a decision, from names and for people who are bound.
function decideOurs() {
  return execFileSync(program, ["policy.wob", "requests.jsonl", "answers"], { encoding: "utf8" }).trim().split(" ").map(Number);
}

async function casbin({ rules }) {
  const model = newModelFromString(`
[request_definition]
r = ip, device, groups
[policy_definition]
p = low, high, device, a, b
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.device == p.device && within(r.ip, p.low, p.high) && (has(r.groups, p.a) || has(r.groups, p.b))
`);
  const enforcer = await newEnforcer(model);
  enforcer.addFunction("within", (ip, low, high) => ip >= +low && ip <= +high);
  enforcer.addFunction("has", (groups, group) => groups.includes(group));
  const unique = new Map(rules.map((r) => [`${r.low},${r.high},${r.device},${r.groups}`, r]));
  await enforcer.addPolicies([...unique.values()].map((r) => [`${r.low}`, `${r.high}`, r.device, ...r.groups]));
  return (r) => enforcer.enforceSync(r.ip, r.device, r.groups);
}

async function cedarWasm({ rules }) {
  const id = `set${rules.length}`;
  const parsed = cedar.preparsePolicySet(id, { staticPolicies: rules.map((r) =>
    `permit(principal, action, resource) when { context.device == "${r.device}" && context.ip >= ${r.low} && ` +
    `context.ip <= ${r.high} && context.groups.containsAny(["${r.groups.join('", "')}"]) };`).join("\n") });
  if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
  const principal = { type: "User", id: "u" }, action = { type: "Action", id: "a" }, resource = { type: "App", id: "r" };
  return (context) => {
    const answer = cedar.statefulIsAuthorized({ principal, action, resource, context, entities: [], preparsedPolicySetId: id });
    if (answer.type !== "success") throw new Error(JSON.stringify(answer));
    return answer.response.decision === "allow";
  };
}

const expression = (r, number) => `device == "${r.device}" && ip >= ${number(r.low)} && ip <= ${number(r.high)} && ` +
  `("${r.groups[0]}" in groups || "${r.groups[1]}" in groups)`;
const double = (n) => `${n}.0`;

async function celJs({ rules }) {
  const env = new Environment().registerVariable("device", "string").registerVariable("ip", "double").registerVariable("groups", "list");
  const programs = rules.map((r) => env.parse(expression(r, double)));
  return (r) => programs.some((program) => program(r) === true);
}

async function bufbuild({ rules }) {
  const env = celEnv();
  const programs = rules.map((r) => plan(env, parse(expression(r, double))));
  return (r) => programs.some((program) => program(r) === true);
}

const PEERS = { "casbin": casbin, "cedar-wasm": cedarWasm, "cel-js": celJs, "@bufbuild/cel": bufbuild };
const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];

// ns a decision in a batch, another one each turn.
function time(decide, requests, budget, turn) {
  const size = Math.max(1, Math.min(requests.length, budget));
  const start = process.hrtime.bigint();
  for (let i = 0; i < size; i++) decide(requests[(turn * size + i) % requests.length]);
  return Number(process.hrtime.bigint() - start) / size;
}

// Both in turns, so that what else the machine does falls on both alike, after a first turn to
// warm up: the middle of their times, and of how many times as long the other took.
const TURNS = 11;
function compare(decide, requests, budget) {
  const rows = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const ours = decideOurs();
    time(decide, requests, budget, turn); // after another process their code and data are cold
    const theirs = time(decide, requests, budget, turn + 1);
    if (turn > 0) rows.push([theirs, ...ours, theirs / ours[0], theirs / ours[1]]);
  }
  return rows[0].map((_, column) => middle(rows.map((row) => row[column])));
}

for (const count of [10, 100, 1000, 10000]) {
  const subject = make(count);
  const answers = woapol(subject);
  const record = (metric, value, against, ratio, unit = "ns") =>
    console.log(JSON.stringify({ bench: "peers", size: count, metric, value: +value.toPrecision(4), unit,
                                 against, ratio: ratio === null ? null : +ratio.toPrecision(4) }));
  const fastest = [Infinity, Infinity];
  for (const [name, engine] of Object.entries(PEERS)) {
    const decide = await engine(subject);
    const checked = count < 10000 ? REQUESTS : 100;
    for (let i = 0; i < checked; i++)
      if (decide(subject.requests[i]) !== answers[i])
        throw new Error(`${name} decides otherwise at ${count} rules: ${JSON.stringify(subject.requests[i])}`);
    const [ns, names, bound, byNames, whenBound] = compare(decide, subject.requests, Math.round(200000 / count));
    fastest[0] = Math.min(fastest[0], byNames);
    fastest[1] = Math.min(fastest[1], whenBound);
    record("woapol, by names", names, name, 1 / byNames);
    record("woapol, bound", bound, name, 1 / whenBound);
    record(name, ns, null, null);
  }
  record("fastest peer, by names", fastest[0], null, null, "x");
  record("fastest peer, bound", fastest[1], null, null, "x");
}
