Exports of three directories, each with the names that its tenant gives groups:

  $ cat > policy.woapol <<'END'
  > tenant Portal { kind = access  decides = {Main} }
  > tenant Org    { kind = okta  decides = {Crm} }
  > network Office = 198.51.100.0/24
  > group Sales = "Sales@corp.example" { okta = "Sales EMEA" uem = "sales" }
  > group Staff = "Staff@corp.example"
  > group Admins
  > group Unused
  > app Crm
  > policy Main is default {
  >   rule all when group in Staff authenticate password
  >   otherwise deny
  > }
  > policy Crm for Crm {
  >   rule banned when user in {"eve@corp.example"} deny
  >   rule phones when device in ios + ipados and managed and group in Sales authenticate fido2
  >   rule desks when network in Office and group in {Sales, Admins} authenticate okta_password
  >   otherwise deny "ask"
  > }
  > END
  $ cat > access.json <<'END'
  > {"Resources":[
  >   {"userName":"ana@corp.example","groups":[{"display":"Sales@corp.example"},{"display":"Staff@corp.example"}]},
  >   {"userName":"bob@corp.example","groups":[{"display":"Staff@corp.example"}]},
  >   {"userName":"cy@corp.example","groups":[{"display":"Staff@corp.example"},{"display":"Unused"}]},
  >   {"userName":"eve@corp.example","groups":[{"display":"Sales@corp.example"}]}]}
  > END
  $ cat > okta.json <<'END'
  > {"Resources":[
  >   {"displayName":"Sales EMEA","members":[{"display":"ANA@corp.example"},{"display":"bob@corp.example"}]},
  >   {"displayName":"Staff@corp.example","members":[{"display":"ana@corp.example"},{"display":"bob@corp.example"},{"display":"cy@corp.example"}]},
  >   {"displayName":"Everyone","members":[{"display":"eve@corp.example"}]}]}
  > END
  $ printf 'user,groups\nana@corp.example,sales;Staff@corp.example\nbob@corp.example,Staff@corp.example\ncy@corp.example,Staff@corp.example\nzoe@corp.example,\neve@corp.example,sales\n' > uem.csv
  $ woapol sync-check policy.woapol --access access.json --okta okta.json --uem uem.csv
  woapol sync-check: warning: the export of Okta writes 1 name now with capital letters and now without: each is taken for one person
  bob@corp.example
    group Sales: in Okta, not in Access or UEM
    policy Crm, which Okta decides
      with the groups of Access  deny "ask" by 'otherwise'
      with the groups of Okta    authenticate okta_password by 'desks'
      such as {"ip":"198.51.100.7","device":"ios","app":"Crm","managed":false}
  
  cy@corp.example
    group Unused: in Access, not in Okta or UEM
  
  eve@corp.example
    group Sales: in Access and UEM, not in Okta
  
  zoe@corp.example
    is not in Access
    is not in Okta
  
  group Unused: nobody has it in Okta, where it is called "Unused"
  group Unused: nobody has it in UEM, where it is called "Unused"
  4 in Access, 4 in Okta, 5 in UEM, 5 people in all: 4 differ, 1 decided otherwise for it
  [2]
  $ woapol sync-check policy.woapol --access access.json --okta okta.json --format json
  woapol sync-check: warning: the export of Okta writes 1 name now with capital letters and now without: each is taken for one person
  {"joined_by":"name",
   "directories":[{"directory":"access","users":4},{"directory":"okta","users":4}],
   "people":[
    {"user":"bob@corp.example","names":{"access":"bob@corp.example","okta":"bob@corp.example"},"shared_key":[],"missing":[],"groups":[{"group":"Sales","in":["okta"],"not_in":["access"]}],"decisions":[{"policy":"Crm","decided_by":["okta"],"request":{"ip":"198.51.100.7","device":"ios","app":"Crm","managed":false},"sides":[{"directory":"access","rule":null,"decision":"deny \"ask\""},{"directory":"okta","rule":"desks","decision":"authenticate okta_password"}]}],"undecided":false,"cut":false},
    {"user":"cy@corp.example","names":{"access":"cy@corp.example","okta":"cy@corp.example"},"shared_key":[],"missing":[],"groups":[{"group":"Unused","in":["access"],"not_in":["okta"]}],"decisions":[],"undecided":false,"cut":false},
    {"user":"eve@corp.example","names":{"access":"eve@corp.example","okta":"eve@corp.example"},"shared_key":[],"missing":[],"groups":[{"group":"Sales","in":["access"],"not_in":["okta"]}],"decisions":[],"undecided":false,"cut":false}
   ],
   "groups":[{"group":"Unused","directory":"okta","called":"Unused"}],
   "people_in_all":4,"differing":3,"decided_otherwise":1,"undecided":0,"without_key":0}
  [2]

What matters to no rule decides nothing otherwise; who is alike is not shown:

  $ woapol sync-check policy.woapol --okta okta.json --okta okta.json --uem uem.csv | tail -1
  woapol sync-check: warning: the export of Okta writes 1 name now with capital letters and now without: each is taken for one person
  4 in Okta, 5 in UEM, 5 people in all: 3 differ, 1 decided otherwise for it
  $ printf 'user,groups\nana@corp.example,Sales EMEA;Staff@corp.example\n' > one.csv
  $ printf 'login;group\nana@corp.example;sales\nAna@Corp.Example;Staff@corp.example\n' > two.csv
  $ woapol sync-check policy.woapol --okta one.csv --uem two.csv
  woapol sync-check: warning: the export of UEM writes 1 name now with capital letters and now without: each is taken for one person
  1 in Okta, 1 in UEM, 1 person in all: 0 differ, 0 decided otherwise for it

Names can be hidden:

  $ head -c 32 /dev/zero > key
  $ woapol sync-check policy.woapol --access access.json --okta okta.json --people-key key | grep -c corp.example
  woapol sync-check: warning: the export of Okta writes 1 name now with capital letters and now without: each is taken for one person
  0
  [1]
  $ woapol sync-check policy.woapol --access access.json --okta okta.json --people-key key | grep '^u:'
  woapol sync-check: warning: the export of Okta writes 1 name now with capital letters and now without: each is taken for one person
  u:6d3a5b028b31e76e
  u:10559d2bfb2a0b72
  u:ba00fcf317d272a3
  $ woapol sync-check policy.woapol --access access.json --okta okta.json --hide-people --format json | grep -c corp.example
  woapol sync-check: warning: the export of Okta writes 1 name now with capital letters and now without: each is taken for one person
  0
  [1]

What cannot be read is not taken for missing people:

  $ printf 'user,groups\nana@corp.example\n' > bad.csv
  $ woapol sync-check policy.woapol --access access.json --okta bad.csv
  woapol sync-check: 1 line of the export of Okta cannot be read: nothing that is missing would be sure
  [1]
  $ printf 'name,groups\nana@corp.example,x\n' > bad.csv
  $ woapol sync-check policy.woapol --access access.json --okta bad.csv
  woapol sync-check: bad.csv: the first line names no column 'user'
  [1]
  $ printf 'user,groups\n' > bad.csv
  $ woapol sync-check policy.woapol --access access.json --okta bad.csv
  woapol sync-check: the export of Okta names nobody
  [1]
  $ printf '{"Resources":[' > bad.json
  $ woapol sync-check policy.woapol --access access.json --okta bad.json
  woapol sync-check: bad.json: it is no JSON object with SCIM resources
  [1]
  $ woapol sync-check policy.woapol --access access.json --okta gone.json
  woapol sync-check: gone.json: No such file or directory
  [1]
  $ woapol sync-check policy.woapol --access access.json
  woapol sync-check: name exports of two directories at least: --access, --okta, --uem (see 'woapol help sync-check')
  [64]
  $ woapol sync-check policy.woapol --access access.json --okta okta.json --group-separator ab
  woapol sync-check: --group-separator wants one character (see 'woapol help sync-check')
  [64]

People whom the directories call otherwise are joined by what is the same. Who has no such key, and who shares one, is named:

  $ printf 'user,email,employeeNumber,groups\nana,Ana@corp.example,1001,Sales@corp.example\nbob,bob@corp.example,1002,Staff@corp.example\nrobot,,,\n' > access.csv
  $ cat > okta.json <<'END'
  > {"Resources":[
  >   {"userName":"ana.adler@corp.example","emails":[{"value":"ana@corp.example"}],"externalId":"x1","groups":[{"display":"Staff@corp.example"}],
  >    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"1001"}},
  >   {"userName":"bob.berg@corp.example","emails":[{"value":"bob@corp.example"}],"groups":[{"display":"Staff@corp.example"}],
  >    "urn:scim:schemas:extension:enterprise:1.0":{"employeeNumber":"1002"}},
  >   {"userName":"bob.boe@corp.example","employeeNumber":"1002","groups":[]}]}
  > END
  $ woapol sync-check policy.woapol --access access.csv --okta okta.json --join mail
  ana
    mail address Ana@corp.example
    is called ana.adler@corp.example in Okta
    group Sales: in Access, not in Okta
    group Staff: in Okta, not in Access
    policy Main, which Access decides
      with the groups of Access  deny by 'otherwise'
      with the groups of Okta    authenticate password by 'all'
      such as {}
    policy Crm, which Okta decides
      with the groups of Access  authenticate okta_password by 'desks'
      with the groups of Okta    deny "ask" by 'otherwise'
      such as {"ip":"198.51.100.7","device":"ios","app":"Crm","managed":false}
  
  group Sales: nobody has it in Okta, where it is called "Sales EMEA"
  1 in Access without a mail address: held against nobody
  1 in Okta without a mail address: held against nobody
  3 in Access, 3 in Okta, 2 people in all: 1 differs, 1 decided otherwise for it
  joined by mail address
  [2]
  $ woapol sync-check policy.woapol --access access.csv --okta okta.json --join employee --format json
  {"joined_by":"employee",
   "directories":[{"directory":"access","users":3},{"directory":"okta","users":3}],
   "people":[
    {"user":"ana","names":{"access":"ana","okta":"ana.adler@corp.example"},"shared_key":[],"missing":[],"groups":[{"group":"Sales","in":["access"],"not_in":["okta"]},{"group":"Staff","in":["okta"],"not_in":["access"]}],"decisions":[{"policy":"Main","decided_by":["access"],"request":{},"sides":[{"directory":"access","rule":null,"decision":"deny"},{"directory":"okta","rule":"all","decision":"authenticate password"}]},{"policy":"Crm","decided_by":["okta"],"request":{"ip":"198.51.100.7","device":"ios","app":"Crm","managed":false},"sides":[{"directory":"access","rule":"desks","decision":"authenticate okta_password"},{"directory":"okta","rule":null,"decision":"deny \"ask\""}]}],"undecided":false,"cut":false},
    {"user":"bob","names":{"access":"bob","okta":"bob.berg@corp.example"},"shared_key":["okta"],"missing":[],"groups":[],"decisions":[],"undecided":false,"cut":false}
   ],
   "groups":[{"group":"Sales","directory":"okta","called":"Sales EMEA"}],
   "people_in_all":2,"differing":2,"decided_otherwise":1,"undecided":0,"without_key":1}
  [2]
  $ woapol sync-check policy.woapol --access access.csv --okta okta.json | tail -1
  3 in Access, 3 in Okta, 6 people in all: 6 differ, 4 decided otherwise for it

In one export a name is one person, however it is spelt; identifiers are not:

  $ printf 'user,externalId,groups\nana,x1,Staff@corp.example\nANA,x1,\nbo,X1,\n' > twice.csv
  $ printf 'user,externalId,groups\nana,x1,Staff@corp.example\nbo,X1,\n' > once.csv
  $ woapol sync-check policy.woapol --access twice.csv --okta once.csv --join id
  woapol sync-check: warning: the export of Access writes 1 name now with capital letters and now without: each is taken for one person
  2 in Access, 2 in Okta, 2 people in all: 0 differ, 0 decided otherwise for it
  joined by identifier
