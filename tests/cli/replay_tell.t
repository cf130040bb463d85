Networks and groups that are wider than the traffic; what would do is proved, and is an edit:

  $ cat > wide.woapol <<'E'
  > network Corp = 10.0.0.0/8 + 198.51.100.0/24
  >   + 2001:db8::/32
  > network Bad = 192.0.0.0/16
  > network Small = 203.0.113.0/25
  > group Staff
  > group Contractors
  > group Nobody
  > group Ghost
  > policy Main is default {
  >   rule bad when network in Bad deny "No"
  >   rule office when network in Corp and group in {Staff, Nobody, Ghost} allow
  >   rule small when network in Small and group in Contractors + Ghost authenticate password
  >   rule others when not group in {Nobody, Staff} authenticate fido2
  >   otherwise deny
  > }
  > E
  $ (echo time,ip,user,groups; i=0; for a in 10.1.2.3 10.1.3.200 10.1.77.1 198.51.100.9 192.0.2.1 203.0.113.9 2001:db8:1:2::7 2001:db8:1:3::7; do i=$((i + 1)); echo "2026-03-0$i,$a,u$i,Staff;Contractors"; done) > log.csv
  $ woapol replay wide.woapol log.csv | sed -n '/^Wider/,/^$/p'
  Wider than the traffic
    wide.woapol:1: network Corp, of 6 sign-ins
      - 10.0.0.0/8 + 198.51.100.0/24 + 2001:db8::/32
      + 10.1.2.0/23 + 10.1.77.0/24 + 198.51.100.0/24 + 2001:db8:1::/48
      proved: only stricter, and no sign-in seen changes
    wide.woapol:3: network Bad, of 1 sign-in
      - 192.0.0.0/16
      + 192.0.2.0/24
      not proposed: it would let somebody in, or with less
    wide.woapol:11: groups of office, of 8 sign-ins
      - {Staff, Nobody, Ghost}
      + {Staff}
      proved: only stricter, and no sign-in seen changes
    wide.woapol:12: groups of small, of 8 sign-ins
      - Contractors + Ghost
      + Contractors
      proved: only stricter, and no sign-in seen changes
    wide.woapol:13: groups of others, of 8 sign-ins
      - {Nobody, Staff}
      + {Staff}
      not proposed: it would let somebody in, or with less
  $ woapol replay wide.woapol log.csv --format json > report.json; jq -c '.networks[] | [.name, .used]' report.json
  ["Corp","10.1.2.0/23 + 10.1.77.0/24 + 198.51.100.0/24 + 2001:db8:1::/48"]
  ["Bad","192.0.2.0/24"]
  ["Small","203.0.113.0/25"]
  [null,null]
  $ woapol replay wide.woapol log.csv --format json --k-anonymity 3 | jq -c '[.networks[].used], .tightenings'
  [null,null,null,null]
  {"proposed":[],"left_out":false}

Applied, the edits change no sign-in that was seen, and make nothing looser:

  $ jq -r '.tightenings.proposed[] | select(.proved and .kind == "network") | "network \(.name) = \(.after)"' report.json
  network Corp = 10.1.2.0/23 + 10.1.77.0/24 + 198.51.100.0/24 + 2001:db8:1::/48
  $ sed '2d; s|^network Corp = .*|network Corp = 10.1.2.0/23 + 10.1.77.0/24 + 198.51.100.0/24 + 2001:db8:1::/48|; s|{Staff, Nobody, Ghost}|{Staff}|; s|Contractors + Ghost|Contractors|' wide.woapol > tight.woapol
  $ woapol replay --old wide.woapol --new tight.woapol log.csv --fail-on 'changed > 0' --format json | jq .summary.changed
  0
  $ woapol diff wide.woapol tight.woapol --fail-on looser | tail -1
  each region is for a user in exactly the groups it names; further groups can lead to other rules

Many blocks become fewer, larger ones, whoever counts them and wherever it was saved:

  $ (echo ip,user,groups; for i in $(seq 255); do for j in 1 7 9; do echo "10.$i.$j.1,u,Staff"; done; done) > many.csv
  $ for t in 1 2; do woapol replay wide.woapol many.csv -T $t --format json --state at$t > many.$t; woapol replay wide.woapol many.csv -T $t --format json --state at$t | cmp - many.$t; done; cmp many.1 many.2; jq -c '.networks[0].used, (.tightenings.proposed[] | select(.name == "Corp") | [.after, .proved])' many.1
  "10.0.0.0/8"
  ["10.0.0.0/8",true]

What people go through, by the guides and the facts of the tenants:

  $ cat > old.woapol <<'E'
  > tenant Corp { kind = okta engine = classic device_trust_ios = enabled device_trust_android = enabled workspace_one_idp = device_trust use_cases = {enrollment, device_trust} }
  > app Crm { device_trust = yes protocol = saml }
  > app Mail { native = yes protocol = saml }
  > group Staff
  > policy Main is default {
  >   rule trusted when managed allow
  >   rule staff when group in Staff authenticate password
  >   otherwise deny
  > }
  > policy Apps for Crm, Mail { rule trusted when managed allow }
  > E
  $ sed '/rule staff/s/authenticate .*/authenticate okta_sign_in then password/; s/^policy Apps.*/policy Apps for Crm, Mail { rule trusted when managed allow  rule others authenticate password }/' old.woapol > new.woapol
  $ cat > signins.csv <<'E'
  > time,ip,user,groups,app,device,managed
  > 2026-03-01,192.0.2.1,ana,Staff,Crm,ios,no
  > 2026-03-01,192.0.2.1,ana,Staff,Crm,ios,yes
  > 2026-03-01,192.0.2.1,bob,Staff,Crm,windows,no
  > 2026-03-02,192.0.2.1,bob,Staff,Mail,android,no
  > 2026-03-02,192.0.2.1,eve,Staff,,android,no
  > 2026-03-02,192.0.2.1,eve,,,android,no
  > E
  $ woapol replay --old old.woapol --new new.woapol signins.csv --map managed=managed 2> err | sed -n '/^What people/,/^$/p'; cat err
  What people go through a day
        before      after
           0.5        2.0  sign-ins that ask to authenticate
           1.5        0.0  denied for want of a managed device: enrollments
           0.0        0.5  sign-ins at another tenant and then once more
           0.5        0.5  lock icons, where the app is opened on the home page
           0.5        0.0  enrollments for which an app does not wait long enough
  
  $ woapol replay old.woapol signins.csv --format json | jq -c .friction
  {"days":2,"forecast":{"prompts":{"old":null,"new":0.5},"enrollments":{"old":null,"new":1.5},"double_sign_ins":{"old":null,"new":0},"lock_icons":{"old":null,"new":0.5},"time_outs":{"old":null,"new":0.5}}}
  $ woapol replay old.woapol log.csv --map time=user --format json | jq -c .friction
  null

Bombs, lines of 100 MB and clocks that jump end in numbers:

  $ (head -1 signins.csv; sed -n 2p signins.csv; head -c 300000000 /dev/zero; echo; sed -n 3p signins.csv) | gzip -1 > bomb.gz
  $ woapol replay old.woapol bomb.gz --format json | jq -c '[.read, .decided, .skipped], [.reasons[] | [.reason, .count]]'
  [4,2,2]
  [["the names of the columns",1],["longer than 1 MiB",1]]
  $ (head -1 signins.csv; sed -n 2p signins.csv; head -c 100000000 /dev/zero | tr '\0' x; echo; sed -n 3p signins.csv) | woapol replay old.woapol - --format json | jq -c '[.read, .decided, .skipped], [.reasons[] | [.reason, .count]]'
  [4,2,2]
  [["the names of the columns",1],["longer than 1 MiB",1]]
  $ printf 'time,ip,user,groups\n2026-03-05,192.0.2.1,a,Staff\n1970-01-01,192.0.2.1,a,Staff\n2199-12-31 23:59:59,192.0.2.1,a,Staff\n2026-03-01,192.0.2.1,a,Staff\n2999-01-01,192.0.2.1,a,Staff\n-5,192.0.2.1,a,Staff\n,192.0.2.1,a,Staff\n' | woapol replay old.woapol - --format json | jq -c '[.read, .decided, .skipped], .from, .to, .summary.without_time, [.times.days[].day]'
  [8,7,1]
  "1970-01-01T00:00:00Z"
  "2199-12-31T23:59:59Z"
  3
  ["1970-01-01","2026-03-01","2026-03-05","2199-12-31"]
