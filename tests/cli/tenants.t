Which tenant is meant, when a source has several.

  $ cat > two.woapol <<'END'
  > tenant Corp   { kind = okta    engine = identity }
  > tenant Portal { kind = access  version = 23.9 }
  > app Crm
  > policy Crm for Crm {
  >   rule all authenticate fido2
  >   otherwise deny
  > }
  > END

The kind says it:

  $ woapol prove two.woapol --target okta
  proved: the objects for Okta decide every request that Okta sees as the source does, for 1 app
  $ woapol prove two.woapol --target access
  warning[WOA6061]: the tenant's own default policy stays as it is
   --> two.woapol:2:8
    |
  2 | tenant Portal { kind = access  version = 23.9 }
    |        ^^^^^^
  
  1 warning; 'woapol explain WOA6061' says more
  proved: the objects for Workspace ONE Access decide every request as the source does, for 1 app
  not settled: clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it
  $ woapol prove two.woapol --target okta --tenant Portal
  woapol prove: tenant 'Portal' is of kind access, not okta (see 'woapol help prove')
  [64]
  $ woapol plan two.woapol
  woapol plan: which tenant: Corp (okta, no url), Portal (access, no url)? --tenant says so (see 'woapol help plan')
  [64]

One alone has an address, or is told by it; one alone decides anything:

  $ { cat two.woapol; echo 'tenant Test { kind = okta  url = "https://127.0.0.1:1" }'; } > three.woapol
  $ woapol drift three.woapol
  woapol drift: the environment holds no WOAPOL_OKTA_TOKEN, nor a WOAPOL_OKTA_CLIENT_ID with a WOAPOL_OKTA_KEY
  [64]
  $ woapol prove three.woapol --target okta
  woapol prove: which tenant: Corp (okta, no url), Test (okta, https://127.0.0.1:1)? --tenant says so (see 'woapol help prove')
  [64]
  $ sed 's/engine = identity/& decides = {Crm}/' three.woapol > four.woapol
  $ woapol prove four.woapol --target okta
  proved: the objects for Okta decide every request that Okta sees as the source does, for 1 app
  $ woapol drift two.woapol --url https://127.0.0.1:1
  woapol drift: which tenant: Corp (okta, no url), Portal (access, no url)? --tenant says so (see 'woapol help drift')
  [64]

None is of the kind:

  $ sed '/Portal/d' two.woapol > one.woapol
  $ woapol prove one.woapol --target access
  woapol prove: one.woapol declares no tenant of kind access: tenant NAME { kind = access } (see 'woapol help prove')
  [64]

What the source assumes is not believed of a tenant: a proof holds for devices of which it is not true, too.

  $ cat > assumed.woapol <<'END'
  > tenant Corp { kind = okta  engine = identity  authenticators = {okta_password} }
  > assume compliant implies managed
  > policy P is default {
  >   rule good when compliant and device in ios + ipados authenticate okta_password every 8h
  >   otherwise deny
  > }
  > END
  $ woapol prove assumed.woapol --target okta
  proved: the objects for Okta decide every request that Okta sees as the source does, for every app that the tenant decides
  $ sed '/^tenant/d; s/when compliant/when managed and compliant/' assumed.woapol > held.woapol
  $ woapol prove assumed.woapol --target okta --pulled held.woapol
  stricter: a user in none of the groups, on ios or ipados, not managed, compliant
    before  authenticate okta_password every 8h by 'good' of P
    after   deny by 'otherwise' of P
    witness {"ip":"203.0.113.9","device":"ios","managed":false,"compliant":true}
  
  refuted: held.woapol decides otherwise than the source (before: the source, after: the tenant)
  [4]

A tenant of before 21.08 takes an iPad in Safari for a Mac, and what it decides then is not what the source says:

  $ cat > ipad.woapol <<END
  > tenant Portal { kind = access  version = 20.10 }
  > network Office = 198.51.100.0/24
  > policy Main is default {
  >   rule phones when device in ios + ipados authenticate fido2 every 8h
  >   rule macs when device in macos and network in Office authenticate password_local
  >   otherwise deny
  > }
  > END
  $ woapol prove ipad.woapol --target access
  looser: a user in none of the groups, on ipados, from Office, entry browser
    before  authenticate fido2 every 8h by 'phones' of Main
    after   authenticate password_local by 'macs' of Main
    witness {"ip":"198.51.100.7","device":"ipados","entry":"browser"}
  
  stricter: a user in none of the groups, on ipados, from anywhere but Office, entry browser
    before  authenticate fido2 every 8h by 'phones' of Main
    after   deny by 'otherwise' of Main
    witness {"ip":"203.0.113.9","device":"ipados","entry":"browser"}
  
  note: Portal takes ipados for macos on some entries [D15]
  refuted: the objects for Workspace ONE Access decide otherwise than the source (before: the source, after: the tenant)
  [4]
  $ sed -i 's/20.10/21.08/' ipad.woapol
  $ woapol prove ipad.woapol --target access
  proved: the objects for Workspace ONE Access decide every request as the source does, for every app that the tenant decides
  not settled: clients that come by IPv6 are denied by Workspace ONE Access if its ALL RANGES does not take them, which no document says; its fact ipv6_clients settles it

Whether ALL RANGES takes clients that come by IPv6 is not known. The tenant block can say it:

  $ sed -i 's/version = 21.08/ipv6_clients = all_ranges/' ipad.woapol
  $ woapol prove ipad.woapol --target access
  proved: the objects for Workspace ONE Access decide every request as the source does, for every app that the tenant decides
  $ sed -i 's/all_ranges/no_range/' ipad.woapol
  $ woapol prove ipad.woapol --target access
  stricter: a user in none of the groups, on ios or ipados, from :: .. ::fffe:ffff:ffff or ::1:0:0:0 .. ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
    before  authenticate fido2 every 8h by 'phones' of Main
    after   deny by 'by IPv6' of Main
    witness {"ip":"2001:db8::1","device":"ios"}
  
  refuted: the objects for Workspace ONE Access decide otherwise than the source (before: the source, after: the tenant)
  [4]
  $ sed -i 's/ipv6_clients = no_range/edition = cloud/; s/when device/when network in 0.0.0.0\/0 and device/' ipad.woapol
  $ woapol prove ipad.woapol --target access
  proved: the objects for Workspace ONE Access decide every request as the source does, for every app that the tenant decides

Nothing to prove is not something proved:

  $ woapol prove ipad.woapol
  nothing to prove: no 'prove "..." { }' block makes a claim
