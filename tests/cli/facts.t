Facts of tenants from an export instead of from the source.

  $ cat > policy.woapol <<'END'
  > tenant Devices {
  >   kind               = uem
  >   edition            = cloud
  >   access_integration = yes
  >   directory          = active_directory
  >   hub_ios            = 23.1
  >   hub_android        = 23.1
  > }
  > tenant Portal {
  >   kind        = access
  >   edition     = cloud
  >   adapters    = {uem_token, password}
  >   builtin_idp = {uem_token}
  > }
  > group Staff
  > policy Workforce is default {
  >   rule enroll when device in enrollment authenticate uem_token then password
  >   otherwise deny
  > }
  > END
  $ woapol check policy.woapol | head -1
  warning[WOA3002]: tenant 'Devices' does not say version, hub_authentication, enrollment_mode, registration_token: whether what is demanded of it holds cannot be told

UEM's own answers say the rest; what else they hold is passed over:

  $ echo '{"ProductName": "AirWatch Platform Service", "ProductVersion": "23.6.0.1"}' > info.json
  $ cat > settings.json <<'END'
  > [{"sourceOfAuthentication": "WORKSPACE_ONE_ACCESS", "devicesEnrollmentMode": "REGISTERED_DEVICES_ONLY",
  >   "requireRegistrationToken": true}, {"Devices": [{"SerialNumber": "1", "Platform": "Apple"}], "Total": 1}]
  > END
  $ woapol check policy.woapol --facts info.json --facts settings.json

An answer of an old UEM is a contradiction to what the method demands, at its place in the export:

  $ echo '{"uem": {"info": {"ProductVersion": "22.6.0.0"}}}' > old.json
  $ woapol check policy.woapol --facts old.json --facts settings.json
  error[WOA3001]: method 'uem_token' demands uem.version >= 22.10, and tenant 'Devices' says '22.6.0.0'
    --> policy.woapol:17:54
     |
  17 |   rule enroll when device in enrollment authenticate uem_token then password
     |                                                      ^^^^^^^^^ the method is used here
     |
    ::: old.json:1:38
     |
   1 | {"uem": {"info": {"ProductVersion": "22.6.0.0"}}}
     |                                      -------- declared here
     |
     = note: this rests on [U3]
     = help: upgrade UEM to 22.10 (2210) or later
     = help: where: UEM console: About VMware Workspace ONE UEM
  
  1 error; 'woapol explain WOA3001' says more
  [3]

By the names of facts, under a tenant's name or its kind:

  $ cat > facts.json <<'END'
  > {"Devices": {"version": "23.6", "hub_authentication": "access", "enrollment_mode": "registered_only",
  >              "registration_token": true, "token_lifetime": "2h", "hub_ios": "23.1"},
  >  "access": {"adapters": ["password", "uem_token"]}}
  > END
  $ woapol check policy.woapol --facts facts.json
  $ woapol simulate policy.woapol --facts facts.json --token-age 3h --request '{"device":"enrollment"}'
  Somebody signs in on device that enrolls through Intelligent Hub (not managed)
    Policy 'Workforce' in tenant 'Portal', rule 'enroll' asks to authenticate
    UEM Token is refused: the token was made 3 hours ago and is valid for 2 hours; register the device again
    No alternative of the chain is left: not signed in
  $ woapol build policy.woapol -o policy.wob 2> /dev/null
  $ woapol simulate policy.wob --facts facts.json --token-age 1h --request '{"device":"enrollment"}' | tail -1
    Signed in

What contradicts, and what cannot be read:

  $ echo '{"uem": {"edition": "on_premises"}, "Portal": {"builtin_idp": ["uem_token", "password"]}}' > other.json
  $ woapol check policy.woapol --facts other.json
  error[WOA3006]: tenant 'Devices' says another 'edition' than the facts in 'other.json'
   --> policy.woapol:3:24
    |
  3 |   edition            = cloud
    |                        ^^^^^
    |
   ::: other.json:1:22
    |
  1 | {"uem": {"edition": "on_premises"}, "Portal": {"builtin_idp": ["uem_token", "password"]}}
    |                      ----------- the facts say so
    |
    = help: declare what is true, or take it out of the block, so that the facts fill it in
  
  error[WOA3006]: tenant 'Portal' says another 'builtin_idp' than the facts in 'other.json'
    --> policy.woapol:13:17
     |
  13 |   builtin_idp = {uem_token}
     |                 ^^^^^^^^^^^
     |
    ::: other.json:1:63
     |
   1 | {"uem": {"edition": "on_premises"}, "Portal": {"builtin_idp": ["uem_token", "password"]}}
     |                                                               ------------------------- the facts say so
     |
     = help: declare what is true, or take it out of the block, so that the facts fill it in
  
  2 errors; 'woapol explain WOA3006' says more
  [3]
  $ echo '{"uem": {"versoin": "23.6", "hub_ios": 23.1, "enrollment_mode": "opne", "registration_token": 1, "token_lifetime": "soon"}}' > wrong.json
  $ woapol check policy.woapol --facts wrong.json | grep WOA
  error[WOA1044]: a tenant of kind 'uem' has no fact 'versoin'
  error[WOA1044]: 'hub_ios' takes a version in quotes, such as "22.10"
  error[WOA1041]: 'enrollment_mode' cannot be 'opne'
  error[WOA1044]: 'registration_token' takes true or false
  error[WOA1044]: 'token_lifetime' takes a duration in quotes, such as "8h"
  5 errors; 'woapol explain WOA1044' says more
  $ echo '{"okta": {"engine": "identity"}}' > okta.json
  $ woapol check policy.woapol --facts facts.json --facts okta.json
  warning[WOA1044]: facts of a tenant of kind 'okta', and the source declares none
   --> okta.json:1:3
    |
  1 | {"okta": {"engine": "identity"}}
    |   ^^^^
    |
    = help: declare it: tenant Name { kind = okta }
  
  1 warning; 'woapol explain WOA1044' says more
  $ echo '{"exported": "yesterday"}' > nothing.json
  $ woapol check policy.woapol --facts nothing.json
  error[WOA1044]: no fact of a tenant is in here
   --> nothing.json:1:1
    |
  1 | {"exported": "yesterday"}
    | ^
    |
    = help: facts stand under a tenant's name or kind, {"uem": {"version": "23.6"}}, or as the tenant answered
  
  1 error; 'woapol explain WOA1044' says more
  [3]
  $ printf '{"uem": {"version": "23.6", "version": "22.6"}}' > twice.json
  $ woapol check policy.woapol --facts twice.json | head -2
  error[WOA1044]: this is not JSON
   --> twice.json:1:37
  $ woapol check policy.woapol --facts none.json
  woapol check: cannot read none.json: No such file or directory
  [1]
