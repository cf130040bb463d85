A policy with its templates written out: what decides is what was there before.

  $ cat > policy.woapol <<'X'
  > // Offices.
  > network Office = 198.51.100.0/24
  > network Plant = 203.0.113.0/24
  > device Pads = ios + ipados
  > group Staff
  > group Workers
  > app Till
  > condition Calm = risk <= medium
  > 
  > // What every site has.
  > template Site(place, people, how, calm) {
  >   // left out
  >   rule here when network in place - 198.51.100.0/28 and group in {people, Staff} allow // kept
  >   @owner "retail"
  >   rule away when not calm and group in people /* why */ authenticate how then fido2 every 8h
  > }
  > template Both(a, b, kinds) {
  >   include Site(a, b, password else okta_verify, Calm) as one
  >   rule kinds when device in {kinds, android} authenticate password "Not here"
  > }
  > policy Shops for Till {
  >   // the first
  >   include Both(Office + Plant, {Workers}, Pads - ios) as all
  >   include Site(Plant, Workers, password then fido2, Calm)
  >   otherwise deny // the last
  > }
  > test "by its name" {
  >   given app Till ip 203.0.113.9 groups Workers
  >   expect allow by all_one_here
  > }
  > X
  $ woapol expand policy.woapol > expanded.woapol; cat expanded.woapol
  // Offices.
  network Office = 198.51.100.0/24
  network Plant  = 203.0.113.0/24
  device Pads = ios + ipados
  group Staff
  group Workers
  app Till
  condition Calm = risk <= medium
  
  // What every site has.
  
  policy Shops for Till {
    // the first
    rule all_one_here when network in (Office + Plant) - 198.51.100.0/28 and group in {Workers, Staff}
                                                             allow
    @owner "retail"
    rule all_one_away when not Calm and group in {Workers}
                      /* why */ authenticate (password else okta_verify) then fido2 every 8h
    rule all_kinds    when device in (Pads - ios) + android  authenticate password "Not here"
    rule here         when network in Plant - 198.51.100.0/28 and group in {Workers, Staff}
                                                             allow
    @owner "retail"
    rule away         when not Calm and group in Workers
                      /* why */ authenticate (password then fido2) then fido2 every 8h
    otherwise deny  // the last
  }
  test "by its name" {
    given app Till ip 203.0.113.9 groups Workers
    expect allow by all_one_here
  }
  $ woapol diff policy.woapol expanded.woapol
  no rule differs: every request is decided as before
  $ woapol test expanded.woapol | head -n 1
  ok    by its name
  $ woapol fmt --check expanded.woapol && woapol expand - < expanded.woapol | cmp - expanded.woapol

An image carries its source; what is wrong is said as ever.

  $ woapol build policy.woapol -o policy.wob 2> /dev/null; woapol expand policy.wob | cmp - expanded.woapol
  $ sed 's/include Site(Plant, /include Site(/' policy.woapol | woapol expand - 2>&1 | head -n 2
  error[WOA1036]: the template 'Site' takes 4 arguments, not 3
    --> -:24:3
  $ woapol expand policy.woapol > /dev/full
  woapol: cannot write the output: No space left on device
  [1]
