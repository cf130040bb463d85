// The decisions of the WebAssembly module against those of `woapol eval`, case by
// case: what both Node and the browser run. A case is {name, image, pairs}, a pair
// a request as JSON and the native decision.
export function compare(woapol, cases) {
  const wrong = []
  let count = 0
  for (const { name, image, pairs } of cases) {
    const policy = woapol.open(image)
    for (const [request, native] of pairs) {
      const person = policy.bind({ groups: request.groups, groupsComplete: request.groups_complete, user: request.user })
      const made = person.decide(request)
      const chain = made.chain === null ? null : policy.chain(made.chain)
      const got = JSON.stringify([made.effect, made.policy, made.rule, chain, made.reauthSeconds, made.message, made.report, made.reason])
      const wanted = JSON.stringify([native.effect, native.policy, native.rule, native.chain, native.reauth_s, native.message, native.report, native.reason])
      count++
      if (got !== wanted) wrong.push(`${name}: ${JSON.stringify(request)}: ${got}, native ${wanted}`)
    }
  }
  return { count, wrong }
}
