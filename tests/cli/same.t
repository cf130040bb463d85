Two tenants held against each other; findings go to standard error.

  $ cp "$ROOT"/tests/golden/same/*.woapol .
  $ woapol prove alike.woapol --same Portal Org 2>/dev/null
  proved: Portal (Workspace ONE Access) and Org (Okta) decide every real sign-in alike, for 2 apps, methods by name
  not settled: clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it
  $ woapol prove alike.woapol --same okta access --format json 2>/dev/null
  {
    "tenants": [
      {
        "name": "Org",
        "kind": "okta"
      },
      {
        "name": "Portal",
        "kind": "access"
      }
    ],
    "apps": 2,
    "default_policy": false,
    "methods": "name",
    "proved": true,
    "not_settled": "clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it",
    "regions": 0,
    "undecided": 0,
    "situation": null
  }
  $ woapol prove ipad.woapol --same access okta --format junit 2>/dev/null
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites tests="1" failures="1">
    <testsuite name="same" tests="1" failures="1">
      <testcase classname="same" name="Portal (Workspace ONE Access) and Org (Okta) decide alike">
        <failure message="for a user in no group, on ipados, from 198.51.100.7, to Crm, through browser">for a user in no group, on ipados, from 198.51.100.7, to Crm, through browser
  Portal (Workspace ONE Access): deny
  Org (Okta): authenticate authenticator_app</failure>
      </testcase>
    </testsuite>
  </testsuites>
  [4]

The test that it prints holds of the source as it is:

  $ woapol prove ipad.woapol --same access okta 2>/dev/null | sed -n '/^test/,/^}/p' >> ipad.woapol
  $ woapol test ipad.woapol 2>/dev/null
  ok    Portal and Org decide differently: iPad to Crm
  
  no test reaches
    phones in Main (ipad.woapol:15:8)
    macs in Main (ipad.woapol:16:8)
  
  1 passed, 0 failed

On the whole source, when the tenants have nothing in common to decide:

  $ woapol prove split.woapol --same access okta
  woapol prove: they have no policy in common: Portal (Workspace ONE Access) decides Main; Org (Okta) decides Crm. --tenant access --tenant okta compares them on the whole source
  [1]
  $ woapol prove split.woapol --tenant Portal --tenant Org 2>/dev/null
  proved: Portal (Workspace ONE Access) and Org (Okta) decide every real sign-in alike, for 1 app and the default policy, methods by name
  not settled: clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it

Google Workspace on Android, in the Classic Engine [D14]: what was pulled from each.

  $ cat > source.woapol <<'END'
  > tenant Portal { kind = access }
  > tenant Org    { kind = okta  engine = classic }
  > app Mail { suite = google_workspace }
  > app Crm
  > policy Main for Mail, Crm { rule all authenticate fido2 otherwise deny }
  > END
  $ cat > access.woapol <<'END'
  > app Mail
  > app Crm
  > policy Main for Mail, Crm {
  >   rule phones when device in android authenticate fido2
  >   otherwise deny
  > }
  > END
  $ cat > okta.woapol <<'END'
  > app Mail
  > app Crm
  > policy Main for Mail, Crm {
  >   rule trusted when device in android and managed authenticate fido2
  >   rule phones when device in android authenticate fido2
  >   otherwise deny
  > }
  > END
  $ woapol prove source.woapol --same access okta --pulled access.woapol --pulled okta.woapol
  proved: Portal (Workspace ONE Access) and Org (Okta) decide every real sign-in alike, for 2 apps, methods by name
  not settled: clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it
  $ sed -i 's/rule phones when device in android/rule phones when device in android and app in Crm/' okta.woapol
  $ woapol prove source.woapol --same access okta --pulled access.woapol --pulled okta.woapol
  for a user in no group, on android, from 203.0.113.9, to Mail, through browser, not managed
    Portal (Workspace ONE Access): authenticate fido2, by 'phones' of Main
    Org (Okta): deny, by 'otherwise' of Main
  
  as a test, of what the source decides:
  // Portal (Workspace ONE Access): authenticate fido2
  // Org (Okta): deny
  test "Portal and Org decide differently: Android device to Mail" {
    given ip 203.0.113.9 device android app Mail entry browser
    expect authenticate fido2 by all in Main
  }
  
  on a real device:
    1. Take a test user who is in no group that the policies name.
    2. Take an Android device that UEM does not manage.
    3. Connect it so that its address is 203.0.113.9, which is in no network that the policy names.
    4. Open Chrome, go to Mail and sign in.
    5. Portal (Workspace ONE Access) should come to: authenticate fido2.
    6. Org (Okta) should come to: deny.
  
  refuted: Portal (Workspace ONE Access) and Org (Okta) do not decide every real sign-in alike, for 2 apps, methods by name
  [4]

Other methods of the same strength:

  $ cat > access.woapol <<'END'
  > app Mail
  > app Crm
  > policy Main for Mail, Crm { rule all authenticate password otherwise deny }
  > END
  $ sed 's/password/okta_password/' access.woapol > okta.woapol
  $ woapol prove source.woapol --same access okta --pulled access.woapol --pulled okta.woapol | tail -1
  refuted: Portal (Workspace ONE Access) and Org (Okta) do not decide every real sign-in alike, for 2 apps, methods by name
  $ woapol prove source.woapol --same access okta --pulled access.woapol --pulled okta.woapol --strength
  proved: Portal (Workspace ONE Access) and Org (Okta) decide every real sign-in alike, for 2 apps, methods by strength
  not settled: clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it
  $ sed -i 's/authenticate/allow \/\//' access.woapol
  $ sed -i 's/otherwise deny }/\n otherwise deny }/' access.woapol
  $ woapol prove source.woapol --same access okta --pulled access.woapol --pulled okta.woapol --strength | tail -1
  refuted: Portal (Workspace ONE Access) and Org (Okta) do not decide every real sign-in alike, for 2 apps, methods by strength

Wrong usage:

  $ woapol prove alike.woapol --same access
  woapol prove: option '--same' wants TENANT TENANT after it (see 'woapol help prove')
  [64]
  $ woapol prove alike.woapol --same=access okta
  woapol prove: option '--same' wants TENANT TENANT after it, without '=' (see 'woapol help prove')
  [64]
  $ woapol prove alike.woapol --same access access
  woapol prove: both are the same tenant (see 'woapol help prove')
  [64]
  $ woapol prove alike.woapol --same access uem
  woapol prove: alike.woapol declares no tenant 'uem', and there is no such kind (see 'woapol help prove')
  [64]
  $ woapol prove alike.woapol --same access okta --same access okta
  woapol prove: option '--same' is given twice (see 'woapol help prove')
  [64]
  $ woapol prove alike.woapol --tenant Portal --tenant Org --tenant Third
  woapol prove: --tenant compares two tenants, not more (see 'woapol help prove')
  [64]
  $ woapol prove source.woapol --same access okta --pulled access.woapol
  woapol prove: --pulled wants a file for each tenant, in the order of their names (see 'woapol help prove')
  [64]
