// The two models of a rule's place, as pure functions over lists of
// {id, priority, system}. Nothing is returned; the entries are changed.

const own = (rules) => rules.filter((rule) => !rule.system)
const byPriority = (a, b) => a.priority - b.priority

// SIGN_ON, IDP_DISCOVERY, MFA_ENROLL, PASSWORD: from 1, no gaps, clamped without
// a word; the system rule is last.
export const dense = {
  place(rules, rule, asked) {
    const others = own(rules).filter((other) => other !== rule).sort(byPriority)
    const last = others.length + 1
    const place = asked === undefined ? last : Math.min(Math.max(asked, 1), last)
    others.splice(place - 1, 0, rule)
    others.forEach((other, index) => { other.priority = index + 1 })
    rules.filter((other) => other.system).forEach((other) => { other.priority = others.length + 1 })
  },
  removed(rules) {
    own(rules).sort(byPriority).forEach((rule, index) => { rule.priority = index + 1 })
    rules.filter((rule) => rule.system).forEach((rule) => { rule.priority = own(rules).length + 1 })
  },
}

// ACCESS_POLICY and its like: from 0, gaps stay, taken as asked. Whoever sits at
// the slot moves down, and so do those behind, up to the first gap; the writer's
// own old slot counts as taken while it is placed.
export const sparse = {
  place(rules, rule, asked) {
    const present = own(rules)
    const taken = new Map(present.filter((other) => other !== rule).map((other) => [other.priority, other]))
    const old = present.includes(rule) ? rule.priority : undefined
    if (old !== undefined && !taken.has(old)) taken.set(old, { ghost: true })
    const place = asked ?? (taken.size ? Math.max(...taken.keys()) + 1 : 0)
    let slot = place
    let moving = taken.get(slot)
    while (moving) {
      const next = taken.get(slot + 1)
      moving.priority = ++slot
      moving = next
    }
    rule.priority = place
  },
  removed() {},
}

const DENSE = new Set(['OKTA_SIGN_ON', 'SIGN_ON', 'IDP_DISCOVERY', 'MFA_ENROLL', 'PASSWORD'])
export const modelOf = (type) => (DENSE.has(type) ? dense : sparse)
