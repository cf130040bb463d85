A policy to start from: it is formatted, checks, tests, proves and decides.

  $ woapol new mine
  mine/policy.woapol
  mine/requests.jsonl
  $ woapol new mine
  woapol new: mine/policy.woapol exists already; nothing was written
  [7]
  $ cd mine && woapol fmt --check policy.woapol && woapol check --deny warnings policy.woapol > /dev/null
  $ woapol test policy.woapol | tail -n 1
  3 passed, 0 failed
  $ woapol prove policy.woapol
  nobody uses Payroll unmanaged
    proved    never allow, authenticate when app in Payroll and not managed
  
  1 proved, 0 refuted, 0 undecided
  $ woapol eval policy.woapol < requests.jsonl
  {"id":1,"effect":"deny","policy":"Workforce","rule":"guests","chain":null,"reauth_s":null,"message":"Use the partner portal","report":[],"reason":null}
  {"id":2,"effect":"authenticate","policy":"Workforce","rule":"inside","chain":[[["password"]]],"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":3,"effect":"authenticate","policy":"Workforce","rule":"phones","chain":[[["fido2"]],[["password"],["authenticator_app"]]],"reauth_s":28800,"message":null,"report":[],"reason":null}
  {"id":4,"effect":"authenticate","policy":"Finance","rule":"staff","chain":[[["fido2"]],[["password"],["authenticator_app"]]],"reauth_s":1800,"message":null,"report":[],"reason":null}
  {"id":5,"effect":"deny","policy":"Finance","rule":"risky","chain":null,"reauth_s":null,"message":"Sign in from a device we know","report":[],"reason":null}
  $ mkdir /tmp/other.$$ && cd /tmp/other.$$ && woapol new && ls && rm -r /tmp/other.$$
  ./policy.woapol
  ./requests.jsonl
  policy.woapol
  requests.jsonl
  $ cd "$OLDPWD" && touch file && woapol new file
  woapol new: cannot write file/policy.woapol: Not a directory
  [1]
  $ woapol new missing/folder
  woapol new: cannot make the folder missing/folder: No such file or directory
  [1]
  $ mkdir half && touch half/requests.jsonl && woapol new half; ls half
  woapol new: half/requests.jsonl exists already; nothing was written
  requests.jsonl
