A sign-in, or the enrollment of a device, step by step.

Somebody without an enrolled device is sent to enroll; the app waits ten minutes for that [D12]:

  $ cp -r "$ROOT"/examples/okta-combined "$ROOT"/examples/okta-device-trust "$ROOT"/examples/uem-token-enrollment .
  $ ben='{"user":"ben","device":"android","groups":["Everyone","Sales"],"app":"Expenses","ip":"203.0.113.7"}'
  $ woapol simulate okta-combined/policy.woapol --request "$ben" --enrollment-takes 12m --fail okta_verify
  ben opens Expenses on Android device (not managed) from 203.0.113.7
    Policy 'Spending' in tenant 'Corp', rule 'untrusted_phones' denies: "Enroll this device in Intelligent Hub, then open the app again"
    Denied
    On an enrolled device it would be let in [D10]
  ben enrolls the device through Intelligent Hub
    Policy 'Workspace' in tenant 'Portal', rule 'enroll' asks to authenticate
    Sign-in at Okta is passed
    Signed in
  The device is enrolled after 12 minutes
    The app waited for 10 minutes and no longer: single sign-on fails with an error, and the person opens the app again [D12]
  ben opens Expenses on Android device (managed) from 203.0.113.7
    Policy 'Spending' in tenant 'Corp', rule 'trusted_phones' asks to authenticate
    Okta password is passed
    Okta Verify is not passed
    FIDO2 is passed
    Signed in; asked again after 8 hours
  $ woapol simulate okta-combined/policy.woapol --request "$ben" --enrollment-takes 10m --format json | jq -c '[.end, .policy, .rule, .enrolled, .timed_out]'
  ["signed in","Spending","trusted_phones",true,false]

An app that is opened as itself is a native one, whatever is declared of it:

  $ woapol simulate okta-device-trust/policy.woapol --request '{"device":"ios","app":"Salesforce","groups":["Sales"],"entry":"native_app"}' --enrollment-takes 15m | grep -c D12
  1
  $ woapol simulate okta-device-trust/policy.woapol --request '{"device":"ios","app":"Salesforce","groups":["Sales"],"entry":"browser"}' --enrollment-takes 15m | grep -c D12
  0
  [1]

The lock icon stands on the home page, not in Okta Mobile, and not on a trusted device [D13]; chiclets [D9]:

  $ ana() { woapol simulate okta-device-trust/policy.woapol --request "{\"user\":\"ana\",\"groups\":[\"Sales\"],\"app\":\"Salesforce\",$1}" $2 $3; }
  $ ana '"device":"ios","entry":"browser"' --from home | grep -c 'D13'
  1
  $ ana '"device":"ios","entry":"browser"' | grep -c 'D13'
  0
  [1]
  $ ana '"device":"ios","entry":"browser","managed":true' --from home | grep -c 'D13'
  0
  [1]
  $ ana '"device":"ios","entry":"okta_mobile","managed":true' --from home
  ana opens Salesforce on the Okta home page from Okta Mobile on iPhone (managed)
    Tenant 'Corp' does not see that the device is managed: Device Trust is not applied to apps opened from Okta Mobile [D9]
    Policy 'Crm' in tenant 'Corp', rule 'chiclets' denies: "Open the app itself: Okta Mobile does not tell whether your device is managed"
    Denied

iPads in Safari are Macs to Okta, and not in the app [D15]; Google apps do not see that an Android device is managed [D14]:

  $ ana '"device":"ipados","entry":"browser","managed":true'
  ana opens Salesforce in a browser on iPad (managed)
    Tenant 'Corp' takes the device for another: Mac, not iPad [D15]
    Policy 'Crm' in tenant 'Corp', rule 'ipads_and_macs' denies: "On an iPad, open the app itself or turn Request Desktop Website off in Safari's settings"
    Denied
  $ ana '"device":"ipados","entry":"native_app","managed":true' | tail -1
    Signed in; asked again after 8 hours
  $ sed -i 's/when group in {Sales, Finance} and device in OktaMobile/when managed and group in {Sales, Finance} and device in OktaMobile/' okta-device-trust/policy.woapol
  $ woapol simulate okta-device-trust/policy.woapol --request '{"device":"android","app":"Mail","groups":["Sales"],"managed":true}' --tenant Corp | sed -n 2,3p
    Tenant 'Corp' does not see that the device is managed: Okta does not recognise managed Android devices in Google Workspace apps [D14]
    Policy 'Collaboration' in tenant 'Corp', 'otherwise' denies
  $ woapol simulate okta-device-trust/policy.woapol --request '{"device":"ios","app":"Mail","groups":["Sales"],"managed":true}' --format json | jq -r .end
  signed in

Enrollment with a registration token, which UEM says how long is valid [U2]:

  $ enroll() { woapol simulate uem-token-enrollment/policy.woapol --request '{"user":"eva","device":"ios","groups":["Staff"]}' --enroll "$@"; }
  $ enroll --token-age 45m
  eva enrolls the device through Intelligent Hub
    Policy 'Workforce' in tenant 'Portal', rule 'enroll' asks to authenticate
    UEM Token is passed: the token is valid for 2835 minutes more
    Password is passed
    Signed in
  The device is enrolled after 5 minutes
  $ enroll --token-age 3d --exit-code; echo "status $?"
  eva enrolls the device through Intelligent Hub
    Policy 'Workforce' in tenant 'Portal', rule 'enroll' asks to authenticate
    UEM Token is refused: the token was made 3 days ago and is valid for 2 days; register the device again
    No alternative of the chain is left: not signed in
  status 5
  $ enroll | sed -n 3p
    UEM Token is passed, if the token is not older than 2 days
  $ enroll --fail password --fail authenticator_app --format json | jq -c '[.end, [.steps[] | select(.method) | [.step, .method]]]'
  ["not passed",[["passes","uem_token"],["fails","password"],["fails","authenticator_app"]]]
  $ woapol simulate uem-token-enrollment/policy.woapol --request '{"device":"linux"}' --enroll
  The device is none that enrolls through Intelligent Hub

Methods that a device cannot use, and what the chain falls back to:

  $ cat > p.woapol <<X
  > policy P is default {
  >   rule all authenticate mobile_sso_ios else password then (fido2 or okta_verify) every 90m
  > }
  > X
  $ woapol simulate p.woapol --request '{"device":"android","managed":true}' --fail fido2
  Somebody signs in on Android device (managed)
    Policy 'P', rule 'all' asks to authenticate
    Mobile SSO for iOS is not for this device: Android device [D8]
    The next alternative of the chain is tried
    Password is passed
    FIDO2 is not passed
    Okta Verify is passed
    Signed in; asked again after 90 minutes
  $ woapol simulate p.woapol --request '{"device":"ios"}' --fail password --exit-code; echo "status $?"
  Somebody signs in on iPhone (not managed)
    Policy 'P', rule 'all' asks to authenticate
    Mobile SSO for iOS needs a device that is enrolled, and this one is not
    The next alternative of the chain is tried
    Password is not passed in 5 attempts
    No alternative of the chain is left: not signed in
  status 5
  $ woapol build p.woapol -o p.wob 2> /dev/null; woapol simulate p.wob --request '{"device":"ios","managed":true}' | tail -2
    Mobile SSO for iOS is passed
    Signed in; asked again after 90 minutes

What cannot be played:

  $ woapol simulate p.woapol
  woapol simulate: --request is missing: who signs in, on what, from where (see 'woapol help simulate')
  [64]
  $ woapol simulate p.woapol --request '{"device":7}'
  woapol simulate: the request: "device" must be a string, not a number
  [1]
  $ woapol simulate p.woapol --request '{}' --fail passwort
  woapol simulate: --fail wants a method, and there is no 'passwort' (see 'woapol help simulate')
  [64]
  $ woapol simulate p.woapol --request '{}' --tenant Corp
  woapol simulate: --tenant wants a tenant of the policy, and there is no 'Corp' (see 'woapol help simulate')
  [64]
  $ woapol simulate p.woapol --request '{}' --token-age soon
  woapol simulate: --token-age wants a duration such as 45m, not 'soon' (see 'woapol help simulate')
  [64]
