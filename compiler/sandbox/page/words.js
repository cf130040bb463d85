// What tenants hold, in words. Everything here is text: names come from whoever
// pushed them, and are never markup.
"use strict";

const words = (() => {
  const list = (items, last) => items.length < 2 ? items.join("") :
    items.slice(0, -1).join(", ") + " " + last + " " + items[items.length - 1];

  const duration = seconds => {
    for (const [size, name] of [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]])
      if (seconds && seconds % size === 0)
        return seconds / size + " " + name + (seconds / size === 1 ? "" : "s");
    return String(seconds);
  };

  // "PT12H" as seconds; NaN for what is none.
  const seconds = text => {
    const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
    return found ? [86400, 3600, 60, 1].reduce((sum, unit, index) => sum + unit * Number(found[index + 1] || 0), 0) : NaN;
  };

  const again = text => {
    const total = seconds(text);
    return !text ? "" : total === 0 ? ", again every time" : total === 43800 * 3600 ? "" : ", again after " + (total ? duration(total) : text);
  };

  // ---- Okta --------------------------------------------------------------------

  const named = (state, kind, id) => {
    const found = state.okta[kind].find(item => item.id === id);
    return found ? (found.profile ? found.profile.name || found.profile.login : found.name) : id;
  };

  const platforms = include => list(include.map(item =>
    [item.type, item.os && item.os.type].filter(word => word && word !== "ANY").join(" ").toLowerCase() || "any platform"), "or");

  const sides = (state, part, kind, what) => {
    const found = [];
    if (part && part.include && part.include.length)
      found.push(what + " " + list(part.include.map(id => named(state, kind, id)), "or"));
    if (part && part.exclude && part.exclude.length)
      found.push("not " + what + " " + list(part.exclude.map(id => named(state, kind, id)), "or"));
    return found;
  };

  const oktaConditions = (state, rule) => {
    const at = rule.conditions || {}, found = [];
    const people = at.people || {}, device = at.device || {};
    found.push(...sides(state, people.groups, "groups", "in"), ...sides(state, people.users, "users", "is"));
    if (at.network && at.network.connection === "ZONE")
      found.push(...sides(state, at.network, "zones", "from"));
    if (at.platform && at.platform.include && at.platform.include.length)
      found.push("on " + platforms(at.platform.include));
    for (const fact of ["registered", "managed"])
      if (typeof device[fact] === "boolean" && !(fact === "registered" && device.managed))
        found.push((device[fact] ? "" : "not ") + fact);
    if (device.assurance)
      found.push("meets a device assurance");
    if (at.riskScore && at.riskScore.level !== "ANY")
      found.push("risk " + at.riskScore.level.toLowerCase());
    if (at.elCondition)
      found.push(at.elCondition.condition);
    return found.length ? found.join(" and ") : "always";
  };

  const step = one => list(one.authenticationMethods.map(item => item.key + "/" + item.method), "or") +
    (one.next && one.next.length ? " then " + step(one.next[0]) : "");

  const oktaAction = rule => {
    const app = rule.actions && rule.actions.appSignOn, session = rule.actions && rule.actions.signon;
    if (session)
      return session.access === "DENY" ? "deny" : "allow" + (session.requireFactor ? " with a second factor" : "");
    if (!app)
      return rule.actions && rule.actions.idp ? "send to an identity provider" : "";
    if (app.access === "DENY")
      return "deny";
    const how = app.verificationMethod || {};
    const what = how.chains ? how.chains.map(step).join(" else ") : (how.factorMode === "1FA" ? "one factor" : "two factors");
    return what + again(how.reauthenticateIn);
  };

  // ---- Access ------------------------------------------------------------------

  const devices = {
    ALL: "any device", WEB_BROWSER: "a web browser", HUB_APP: "Intelligent Hub", IOS: "iOS", ANDROID: "Android", MACOS: "macOS",
    WINDOWS: "Windows", WINDOWS_ENROLLMENT: "Windows enrollment", DEVICE_ENROLLMENT: "device enrollment",
  };

  const accessConditions = (state, rule) => {
    const range = state.access.ranges.find(item => item.uuid === rule.networkRange);
    const found = ["on " + (devices[rule.deviceType] || rule.deviceType)];
    if (range && !range.defaultNetwork)
      found.push("from " + range.name);
    if (rule.groups.length)
      found.push("in " + list(rule.groups.map(id => {
        const group = state.access.groups.find(item => item.id === id);
        return group ? group.displayName : id;
      }), "or"));
    return found.join(" and ");
  };

  const method = (state, uuid) => {
    const own = state.access.methods.find(item => item.uuid === uuid);
    if (own)
      return own.name;
    for (const idp of state.access.idps)
      for (const item of idp.authMethods || [])
        if (item.authMethodId === uuid)
          return item.authMethodName;
    return uuid;
  };

  const accessAction = (state, rule) => rule.action === "DENY" ? "deny" : rule.action === "ALLOW" ? "allow" :
    rule.authMethods.map(chain => chain.map(uuid => method(state, uuid)).join(" then ")).join(" else ") +
    (rule.reauthSeconds ? ", again after " + duration(rule.reauthSeconds) : "");

  return {list, duration, oktaConditions, oktaAction, accessConditions, accessAction, named};
})();
