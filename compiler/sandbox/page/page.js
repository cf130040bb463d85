"use strict";

// ---- small things ---------------------------------------------------------------

const $ = id => document.getElementById(id);

// An element with text or elements in it; never markup.
const make = (tag, attributes, ...inside) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    element.setAttribute(name, value);
  element.append(...inside.filter(item => item !== null && item !== undefined));
  return element;
};

const complain = text => {
  $("problem").textContent = text || "";
  $("problem").hidden = !text;
};

const ask = async (path, order) => {
  const answer = await fetch(path, order === undefined ? {} : {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(order),
  });
  const body = answer.status === 204 ? null : await answer.json();
  if (!answer.ok)
    throw new Error(body && body.error || "the sandbox answered " + answer.status);
  return body;
};

// ---- tabs -------------------------------------------------------------------------

const tabs = [...document.querySelectorAll("[role=tab]")];

const select = tab => {
  for (const other of tabs) {
    const is = other === tab;
    other.setAttribute("aria-selected", is);
    other.tabIndex = is ? 0 : -1;
    $(other.getAttribute("aria-controls")).hidden = !is;
  }
  refresh();
};

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", event => {
    const to = {ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1}[event.key];
    if (to === undefined)
      return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
}

// ---- what the tenants hold -----------------------------------------------------------

const table = (caption, heads, rows) => make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
  make("table", {}, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map(head => make("th", {scope: "col"}, head)))),
    make("tbody", {}, ...rows.map(row => make("tr", {}, ...row.map(cell =>
      cell instanceof Node ? make("td", {}, cell) : typeof cell === "number" ? make("td", {class: "number"}, String(cell)) :
        make("td", {}, cell === null || cell === undefined ? "" : String(cell))))))));

// What a rule does; refusals and open doors stand out.
const then = text => make("span", {class: text === "deny" ? "then deny" : text.startsWith("allow") ? "then allow" : ""}, text);

const status = (text, on) => make("span", on ? {} : {class: "off"}, text);

const oktaRules = (state, policy) => table(policy.name + (policy.system ? " (default)" : ""), ["Place", "Rule", "When", "Then"],
  policy.rules.map(rule => [rule.priority, status(rule.name, rule.status === "ACTIVE"), words.oktaConditions(state, rule), then(words.oktaAction(rule))]));

const showOkta = state => {
  const of = type => state.okta.policies.filter(policy => policy.type === type).sort((a, b) => a.priority - b.priority);
  const parts = [make("p", {class: "soft"}, make("code", {}, state.okta.url), state.okta.classic ? ", Classic Engine" : ", Identity Engine")];
  for (const [type, title] of [["ACCESS_POLICY", "App sign-in policies"], ["OKTA_SIGN_ON", "Global session policies"], ["IDP_DISCOVERY", "Routing"]]) {
    const found = of(type);
    if (!found.length)
      continue;
    parts.push(make("h2", {}, title));
    for (const policy of found) {
      parts.push(oktaRules(state, policy));
      const apps = state.okta.apps.filter(app => app._policy === policy.id).map(app => app.label);
      if (type === "ACCESS_POLICY")
        parts.push(make("p", {class: "soft"}, apps.length ? "Apps: " + apps.join(", ") : "No app uses it."));
    }
  }
  parts.push(make("h2", {}, "Networks"), table("Network zones", ["Zone", "Kind", "Gateways", "Proxies"], state.okta.zones.map(zone => [
    status(zone.name, zone.status === "ACTIVE"), zone.type + (zone.usage === "BLOCKLIST" ? ", blocked" : ""),
    (zone.gateways || []).map(item => item.value).join(", "), (zone.proxies || []).map(item => item.value).join(", ")])));
  $("okta").replaceChildren(...parts);
};

const showAccess = state => {
  const parts = [make("p", {class: "soft"}, make("code", {}, state.access.url))];
  parts.push(make("h2", {}, "Access policies"));
  for (const policy of [...state.access.policies].sort((a, b) => b.base - a.base)) {
    parts.push(table(policy.name + (policy.base ? " (default)" : ""), ["", "Rule", "When", "Then", "Message"],
      policy.accessPolicyRules.map((rule, index) => [index + 1, status(rule.name || "rule " + (index + 1), !rule.disabled),
        words.accessConditions(state, rule), then(words.accessAction(state, rule)), rule.errorMessage])));
    const apps = state.access.apps.filter(app => app.accessPolicySetUuid === policy.uuid).map(app => app.name);
    if (!policy.base)
      parts.push(make("p", {class: "soft"}, apps.length ? "Apps: " + apps.join(", ") : "No app uses it."));
  }
  parts.push(make("h2", {}, "Networks and methods"), table("Network ranges", ["Range", "Addresses"],
    state.access.ranges.map(range => [range.name, range.ipAddressRanges.map(pair => pair.from + " to " + pair.to).join(", ")])));
  parts.push(table("Authentication methods", ["Method", "Offered by"],
    state.access.methods.map(item => [status(item.name, item.enabled), state.access.idps
      .filter(idp => (idp.authMethods || []).some(one => one.authMethodId === item.uuid)).map(idp => idp.name).join(", ")])));
  $("access").replaceChildren(...parts);
};

const showPeople = state => {
  const groups = user => user._groups.map(id => words.named(state, "groups", id));
  $("people").replaceChildren(
    table("People", ["Name", "Login", "Groups in Okta", "Can use"], state.okta.users.map(user => [
      user.profile.firstName + " " + user.profile.lastName, user.profile.login, groups(user).join(", "), user._has.join(", ").replaceAll("_", " ")])),
    table("Devices", ["Device", "Platform", "Owner", "State"], state.devices.map(device => [
      device.label || device.name, device.platform, device.owner,
      ["managed", "compliant", "enrolled"].map(fact => (device[fact] ? "" : "not ") + fact).join(", ") +
        (device.token ? ", token " + device.token : "")])));
};

const showRequests = state => $("requests").replaceChildren(
  table("The last requests to the tenants, newest first", ["", "Time", "Tenant", "Call", "Answer"], [...state.log].reverse().map(one => [
    one.number, one.time.slice(11, 19), one.tenant, make("code", {}, one.method + " " + one.path), one.status])));

// ---- the form -----------------------------------------------------------------------------

const form = $("order");

const fill = (name, options) => {
  const field = form.elements[name], was = field.value;
  field.replaceChildren(...options.map(([value, text]) => make("option", {value}, text)));
  if (options.some(([value]) => value === was))
    field.value = was;
};

const fillForm = state => {
  fill("user", state.okta.users.map(user => [user.profile.login, user.profile.firstName + " " + user.profile.lastName]));
  fill("device", [["", "something unknown"], ...state.devices.map(device => [device.name, device.label || device.name])]);
  const apps = [...new Set([...state.okta.apps.map(app => app.label), ...state.access.apps.map(app => app.name)])];
  fill("app", [["", "none: the portal"], ...apps.sort().map(app => [app, app])]);
  $("places").replaceChildren(...state.places.map(place => make("option", {value: place.ip}, place.name)));
};

// ---- decisions ------------------------------------------------------------------------------

let outcomes = {};

const showChain = (decision, again) => {
  const chains = decision.chain || [];
  return make("ol", {class: "chains"}, ...chains.map(steps => make("li", {}, ...steps.flatMap((methods, index) => [
    index ? " then " : "", ...methods.flatMap((method, place) => {
      const button = make("button", {type: "button", class: "method", "aria-pressed": outcomes[method] === "fail",
        title: "Press to have this method fail"}, method);
      button.addEventListener("click", () => {
        outcomes[method] = outcomes[method] === "fail" ? undefined : "fail";
        again(method);
      });
      return [place ? " or " : "", button];
    })]))));
};

const tell = {
  authenticate: "Authenticate", allow: "Allow", deny: "Deny", unknown: "Cannot tell",
};
const verbs = {
  authenticate: "asks to authenticate", allow: "lets in", deny: "denies", unknown: "cannot be foretold",
};

const showStep = one => make("li", {class: one.fits ? "yes" : "no"}, make("b", {}, one.fits ? "✓" : "✗"),
  make("span", {}, make("span", {class: "where"}, [one.policy, one.rule].filter(Boolean).join(" / ") || "the tenant"),
    make("span", {}, one.because)));

const showFacts = decision => {
  const facts = [["Policy", decision.policy || "none applies"], ["Rule", decision.rule || "none"]];
  if (decision.reauth_s)
    facts.push(["Again after", words.duration(decision.reauth_s)]);
  return make("dl", {class: "facts"}, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
};

const showOutcome = decision => {
  const isIn = decision.outcome === "signed in";
  return make("p", {class: isIn ? "outcome" : "outcome out"}, isIn ?
    "This person gets in" + (decision.by ? " by " + decision.by.map(step => words.list(step, "or")).join(" then ") : "") + "." :
    "This person cannot do what is asked, and stays out.");
};

const showDecision = (tenant, decision, again) =>
  make("article", {"aria-label": tenant + " decides", "data-tenant": decision.tenant, "data-effect": decision.effect},
    make("header", {}, make("h2", {}, tenant), make("p", {class: "effect " + decision.effect}, tell[decision.effect] || decision.effect)),
    make("div", {}, showFacts(decision),
      decision.message ? make("blockquote", {}, decision.message) : null,
      decision.chain ? make("h3", {}, "What is asked for") : null,
      decision.chain ? showChain(decision, again) : null,
      decision.assurance ? make("p", {}, decision.assurance.factorMode === "1FA" ? "One factor" : "Two factors, as Okta's default has it") : null,
      decision.effect === "authenticate" ? showOutcome(decision) : null,
      make("h3", {}, "Why"), make("ol", {class: "trace"}, ...decision.trace.map(showStep))));

const alike = {
  authenticate: "Both ask to authenticate; by what, each says below.", allow: "Both let in.", deny: "Both deny.", unknown: "Neither can be foretold.",
};

// Whether two tenants come to the same.
const showVerdict = decisions => {
  const [a, b] = decisions.map(decision => decision.effect);
  return make("p", {id: "verdict", class: a === b ? "alike" : "apart"}, a === b ? alike[a] :
    "They decide differently: Okta " + verbs[a] + ", Workspace ONE Access " + verbs[b] + ".");
};

const decide = async focus => {
  const order = {outcomes};
  for (const [name, value] of new FormData(form))
    if (value !== "" && name !== "tenant")
      order[name] = value;
  const tenant = form.elements.tenant.value;
  try {
    const decisions = [], shown = [];
    for (const [key, name] of [["okta", "Okta"], ["access", "Workspace ONE Access"]])
      if (tenant === key || tenant === "both") {
        decisions.push(await ask("/sandbox/signin", {...order, tenant: key}));
        shown.push(showDecision(name, decisions.at(-1), decide));
      }
    $("decisions").replaceChildren(...decisions.length > 1 ? [showVerdict(decisions)] : [], make("div", {class: "pair"}, ...shown));
    complain();
    // On a small screen the form is above, and takes all of it.
    if (!focus && matchMedia("(max-width: 52rem)").matches)
      $("decisions").scrollIntoView();
    const button = focus && [...document.querySelectorAll(".method")].find(one => one.textContent === focus);
    if (button)
      button.focus();
  } catch (problem) {
    $("decisions").replaceChildren();
    complain(problem.message);
  }
};

form.addEventListener("submit", event => {
  event.preventDefault();
  outcomes = {};
  decide();
});

// ---- what is worth trying --------------------------------------------------------------------------

// Of the samples; those that are not there are left out.
const tries = [
  ["A managed iPad in Safari", {user: "ana@corp.example", device: "ana-ipad", entry: "browser", ip: "203.0.113.9"}],
  ["A managed iPhone, in the app", {user: "ana@corp.example", device: "ana-iphone", entry: "native_app", ip: "203.0.113.9"}],
  ["A laptop in the office", {user: "ana@corp.example", device: "ana-laptop", entry: "browser", ip: "198.51.100.9"}],
  ["One's own Android phone", {user: "ben@corp.example", device: "ben-own-android", entry: "browser", ip: "203.0.113.9"}],
  ["A phone that enrolls, with a token", {user: "finn@corp.example", device: "finn-new-iphone", entry: "enrollment", ip: "203.0.113.9"}],
  ["A phone that enrolls without one", {user: "gil@corp.example", device: "gil-iphone", entry: "enrollment", ip: "203.0.113.9"}],
  ["Somebody who has left", {user: "eve@corp.example", device: "", entry: "browser", ip: "203.0.113.9"}],
];

const has = (name, value) => name === "ip" || [...form.elements[name].options].some(option => option.value === value);

const showTries = () => {
  const fit = tries.filter(([, choices]) => Object.entries(choices).every(([name, value]) => has(name, value)));
  if ($("tries").childElementCount === fit.length)
    return; // who is at one with the keyboard stays there
  $("tries").replaceChildren(...fit.map(([text, choices]) => {
    const button = make("button", {type: "button"}, text);
    button.addEventListener("click", () => {
      for (const [name, value] of Object.entries(choices))
        form.elements[name].value = value;
      outcomes = {};
      decide();
    });
    return make("li", {}, button);
  }));
};

// ---- keeping up ---------------------------------------------------------------------------------

let last = "";

const refresh = async () => {
  try {
    const state = await ask("/sandbox/state");
    const text = JSON.stringify(state);
    if (text === last)
      return;
    last = text;
    fillForm(state);
    showTries();
    showOkta(state);
    showAccess(state);
    showPeople(state);
    showRequests(state);
    complain();
  } catch (problem) {
    complain("The sandbox does not answer (" + problem.message + "). Was it stopped?");
  }
};

refresh();
setInterval(() => document.hidden || refresh(), 3000);
