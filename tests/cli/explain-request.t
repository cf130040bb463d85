Why a request is decided as it is.

  $ cat > p.woapol <<X
  > network Office = 198.51.100.0/24
  > network Vpn = 10.8.0.0/16
  > device Mobile = ios + android
  > group Staff = "All Staff@corp.example"
  > group Contractors
  > app Payroll
  > condition Sound = managed and compliant
  > policy Main is default {
  >   rule guests when group in {Contractors} and not network in Office deny "Use the partner portal"
  >   rule report risky when risk >= medium deny
  >   rule phones when device in Mobile and Sound and
  >       // people on the road
  >       (network in Vpn or entry in {hub} or user in {"ana@corp.example"}) authenticate fido2
  >   rule staff when not (risk is high or group in Contractors) and group in Staff authenticate password every 90m
  > }
  > policy Finance for Payroll { rule all when app in Payroll allow otherwise deny }
  > X
  $ woapol explain p.woapol --request '{"ip":"203.0.113.9","device":"browser","groups":["Contractors"]}'
  request  not managed, not compliant, risk high, ip 203.0.113.9, device browser, groups Contractors
  policy   Main (p.woapol:8:8), the default one
  
  yes     rule guests (p.woapol:9:8): decides
      yes     all of
        yes     group in {Contractors}                  the user is in Contractors
        yes     not network in Office                   ip 203.0.113.9 lies in no named network
  yes     rule risky (p.woapol:10:15): reported beside the decision
      yes     risk >= medium                            risk high
  no      rule phones (p.woapol:11:8): not reached, and would not hold
      no      all of
        no      device in Mobile                        device browser
        no      Sound, which is all of
          no      managed                               not managed
          no      compliant                             not compliant
        no      any of
          no      network in Vpn                        ip 203.0.113.9 lies in no named network
          no      entry in {hub}                        there is no entry
          no      user in {"ana@corp.example"}          there is no user
  no      rule staff (p.woapol:14:8): not reached, and would not hold
      no      all of
        no      not
          yes     any of
            yes     risk is high                        risk high
            yes     group in Contractors                the user is in Contractors
        no      group in Staff                          groups Contractors
  yes     otherwise (p.woapol:8:8): not reached
  
  decision deny "Use the partner portal", by guests
  
  the nearest requests with another outcome
    app: no app -> Payroll
      allow, by all
    group Contractors removed
      deny, by otherwise
    ip: 203.0.113.9 -> 198.51.100.0
      deny, by otherwise
  the first of them: {"ip":"203.0.113.9","device":"browser","groups":["Contractors"],"app":"Payroll","managed":false,"compliant":false,"risk":"high"}
  $ woapol explain p.woapol --request '{"ip":"10.8.0.1","device":"ios","groups":["All Staff@corp.example"],"managed":true,"risk":"low","user":"bob","entry":"hub"}'
  request  managed, not compliant, risk low, ip 10.8.0.1, device ios, user bob, entry hub, groups All Staff@corp.example
  policy   Main (p.woapol:8:8), the default one
  
  no      rule guests (p.woapol:9:8): does not hold
      no      all of
        no      group in {Contractors}                  groups All Staff@corp.example
        yes     not network in Office                   ip 10.8.0.1 lies in Vpn
  no      rule risky (p.woapol:10:15): only reports, and does not hold
      no      risk >= medium                            risk low
  no      rule phones (p.woapol:11:8): does not hold
      no      all of
        yes     device in Mobile                        device ios
        no      Sound, which is all of
          yes     managed                               managed
          no      compliant                             not compliant
        yes     any of
          yes     network in Vpn                        ip 10.8.0.1 lies in Vpn
          yes     entry in {hub}                        entry hub
          no      user in {"ana@corp.example"}          user bob
  yes     rule staff (p.woapol:14:8): decides
      yes     all of
        yes     not
          no      any of
            no      risk is high                        risk low
            no      group in Contractors                groups All Staff@corp.example
        yes     group in Staff                          the user is in Staff
  yes     otherwise (p.woapol:8:8): not reached
  
  decision authenticate password every 90m, by staff
  
  the nearest requests with another outcome
    risk: low -> high
      deny, by otherwise
    group Contractors added
      deny "Use the partner portal", by guests
    group All Staff@corp.example removed
      deny, by otherwise
    app: no app -> Payroll
      allow, by all
    compliant: not compliant -> compliant
      authenticate fido2, by phones
  the first of them: {"ip":"10.8.0.1","device":"ios","groups":["All Staff@corp.example"],"user":"bob","entry":"hub","managed":true,"compliant":false,"risk":"high"}
  $ woapol explain p.woapol --request '{"groups_complete":false,"device":"toaster"}'
  request  not managed, not compliant, risk high, device toaster, maybe more groups
  policy   Main (p.woapol:8:8), the default one
  
  unknown rule guests (p.woapol:9:8): decides: whether it holds cannot be told, so deny
      unknown all of
        unknown group in {Contractors}                  not among the groups, but those are incomplete
        yes     not network in Office                   there is no ip
  yes     rule risky (p.woapol:10:15): reported beside the decision
      yes     risk >= medium                            risk high
  no      rule phones (p.woapol:11:8): not reached, and would not hold
      no      all of
        no      device in Mobile                        device toaster, which the policy does not name
        no      Sound, which is all of
          no      managed                               not managed
          no      compliant                             not compliant
        no      any of
          no      network in Vpn                        there is no ip
          no      entry in {hub}                        there is no entry
          no      user in {"ana@corp.example"}          there is no user
  no      rule staff (p.woapol:14:8): not reached, and would not hold
      no      all of
        no      not
          yes     any of
            yes     risk is high                        risk high
            unknown group in Contractors                not among the groups, but those are incomplete
        unknown group in Staff                          not among the groups, but those are incomplete
  yes     otherwise (p.woapol:8:8): not reached
  
  decision deny, by guests: the groups are incomplete
  
  the nearest requests with another outcome
    app: no app -> Payroll
      allow, by all
    group Contractors added
      deny "Use the partner portal", by guests
  the first of them: {"device":"toaster","groups":[],"app":"Payroll","managed":false,"compliant":false,"risk":"high","groups_complete":false}
  $ woapol explain p.woapol --request '{"app":"Payroll"}'
  request  not managed, not compliant, risk high, app Payroll
  policy   Finance (p.woapol:16:8)
  
  yes     rule all (p.woapol:16:35): decides
      yes     app in Payroll                            app Payroll
  yes     otherwise (p.woapol:16:65): not reached
  
  decision allow, by all
  
  the nearest requests with another outcome
    app: Payroll -> no app
      deny, by otherwise
  the first of them: {"groups":[],"managed":false,"compliant":false,"risk":"high"}

The same of an image, whose sources tell the places:

  $ woapol build p.woapol -o p.wob && mkdir other && cd other
  warning[WOA2010]: a request that lists no groups meets this, too
    --> p.woapol:14:19
     |
  14 |   rule staff when not (risk is high or group in Contractors) and group in Staff authenticate...
     |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^                    ---------------- and rule 'staff' asks it to authenticate
     |
     = help: say what has to hold, rather than what must not
  
  1 warning; 'woapol explain WOA2010' says more
  $ woapol explain ../p.wob --request '{"app":"Payroll","risk":"low"}'
  request  not managed, not compliant, risk low, app Payroll
  policy   Finance (p.woapol:16:8)
  
  yes     rule all (p.woapol:16:35): decides
      yes     app in Payroll                            app Payroll
  yes     otherwise (p.woapol:16:65): not reached
  
  decision allow, by all
  
  the nearest requests with another outcome
    app: Payroll -> no app
      deny, by otherwise
  the first of them: {"groups":[],"managed":false,"compliant":false,"risk":"low"}
  $ cd ..

As JSON:

  $ woapol explain p.woapol --format json --request '{"id":5,"ip":"198.51.100.9","groups":["Contractors"]}' | jq -S .
  {
    "complete_search": true,
    "decision": {
      "chain": null,
      "effect": "deny",
      "id": 5,
      "message": null,
      "policy": "Main",
      "reason": null,
      "reauth_s": null,
      "report": [
        "risky"
      ],
      "rule": null
    },
    "nearest": [
      {
        "changes": [
          {
            "fact": "app",
            "from": "no app",
            "to": "Payroll"
          }
        ],
        "decision": {
          "chain": null,
          "effect": "allow",
          "id": 5,
          "message": null,
          "policy": "Finance",
          "reason": null,
          "reauth_s": null,
          "report": [],
          "rule": "all"
        },
        "request": {
          "app": "Payroll",
          "compliant": false,
          "groups": [
            "Contractors"
          ],
          "ip": "198.51.100.9",
          "managed": false,
          "risk": "high"
        }
      },
      {
        "changes": [
          {
            "fact": "ip",
            "from": "198.51.100.9",
            "to": "0.0.0.0"
          }
        ],
        "decision": {
          "chain": null,
          "effect": "deny",
          "id": 5,
          "message": "Use the partner portal",
          "policy": "Main",
          "reason": null,
          "reauth_s": null,
          "report": [
            "risky"
          ],
          "rule": "guests"
        },
        "request": {
          "compliant": false,
          "groups": [
            "Contractors"
          ],
          "ip": "0.0.0.0",
          "managed": false,
          "risk": "high"
        }
      }
    ],
    "place": "p.woapol:8:8",
    "policy": "Main",
    "request": {
      "compliant": false,
      "groups": [
        "Contractors"
      ],
      "ip": "198.51.100.9",
      "managed": false,
      "risk": "high"
    },
    "rules": [
      {
        "condition": {
          "holds": "no",
          "parts": [
            {
              "holds": "yes",
              "parts": [],
              "text": "group in {Contractors}",
              "why": "the user is in Contractors"
            },
            {
              "holds": "no",
              "parts": [],
              "text": "not network in Office",
              "why": "ip 198.51.100.9 lies in Office"
            }
          ],
          "text": "all of",
          "why": null
        },
        "fate": "passed over",
        "holds": "no",
        "place": "p.woapol:9:8",
        "report": false,
        "rule": "guests"
      },
      {
        "condition": {
          "holds": "yes",
          "parts": [],
          "text": "risk >= medium",
          "why": "risk high"
        },
        "fate": "reported",
        "holds": "yes",
        "place": "p.woapol:10:15",
        "report": true,
        "rule": "risky"
      },
      {
        "condition": {
          "holds": "no",
          "parts": [
            {
              "holds": "no",
              "parts": [],
              "text": "device in Mobile",
              "why": "there is no device"
            },
            {
              "holds": "no",
              "parts": [
                {
                  "holds": "no",
                  "parts": [],
                  "text": "managed",
                  "why": "not managed"
                },
                {
                  "holds": "no",
                  "parts": [],
                  "text": "compliant",
                  "why": "not compliant"
                }
              ],
              "text": "Sound, which is all of",
              "why": null
            },
            {
              "holds": "no",
              "parts": [
                {
                  "holds": "no",
                  "parts": [],
                  "text": "network in Vpn",
                  "why": "ip 198.51.100.9 lies in Office"
                },
                {
                  "holds": "no",
                  "parts": [],
                  "text": "entry in {hub}",
                  "why": "there is no entry"
                },
                {
                  "holds": "no",
                  "parts": [],
                  "text": "user in {\"ana@corp.example\"}",
                  "why": "there is no user"
                }
              ],
              "text": "any of",
              "why": null
            }
          ],
          "text": "all of",
          "why": null
        },
        "fate": "passed over",
        "holds": "no",
        "place": "p.woapol:11:8",
        "report": false,
        "rule": "phones"
      },
      {
        "condition": {
          "holds": "no",
          "parts": [
            {
              "holds": "no",
              "parts": [
                {
                  "holds": "yes",
                  "parts": [
                    {
                      "holds": "yes",
                      "parts": [],
                      "text": "risk is high",
                      "why": "risk high"
                    },
                    {
                      "holds": "yes",
                      "parts": [],
                      "text": "group in Contractors",
                      "why": "the user is in Contractors"
                    }
                  ],
                  "text": "any of",
                  "why": null
                }
              ],
              "text": "not",
              "why": null
            },
            {
              "holds": "no",
              "parts": [],
              "text": "group in Staff",
              "why": "groups Contractors"
            }
          ],
          "text": "all of",
          "why": null
        },
        "fate": "passed over",
        "holds": "no",
        "place": "p.woapol:14:8",
        "report": false,
        "rule": "staff"
      },
      {
        "condition": null,
        "fate": "decides",
        "holds": "yes",
        "place": "p.woapol:8:8",
        "report": false,
        "rule": null
      }
    ]
  }

What cannot be explained:

  $ woapol explain p.woapol --request '{"ip":5}'
  woapol explain: the request: "ip" must be a string, not a number
  [1]
  $ woapol explain p.woapol --request 'x'
  woapol explain: the request: a request must be a JSON object
  [1]
  $ woapol explain none.woapol --request '{}'
  woapol explain: cannot read none.woapol: No such file or directory
  [1]
  $ woapol explain p.woapol
  woapol explain: wants a code such as WOA2001, or a policy and --request, not 'p.woapol' (see 'woapol help explain')
  [64]
  $ woapol explain p.woapol --request '{}' --format markdown
  woapol explain: --format markdown is for codes (see 'woapol help explain')
  [64]
  $ echo 'policy P is default { rule a when group in Nobody deny }' > wrong.woapol
  $ woapol explain wrong.woapol --request '{}'
  error[WOA1010]: there is no group 'Nobody'
   --> wrong.woapol:1:44
    |
  1 | policy P is default { rule a when group in Nobody deny }
    |                                            ^^^^^^
    |
    = help: declare it, or 'use' the file that does
  
  1 error; 'woapol explain WOA1010' says more
  [3]

No policy, and nothing that changes the outcome:

  $ echo 'app A policy P for A { otherwise deny }' > a.woapol
  $ woapol explain a.woapol --request '{}'
  request  not managed, not compliant, risk high
  policy   none: no policy names the app, and there is no default one
  
  decision deny, since no policy applies
  
  no change of one or two facts changes the outcome
