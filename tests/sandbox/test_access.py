"""Access' habits, each a test: media types, odd statuses, masked secrets, pages."""
from harness import JERSEY, Sandbox, same, shared

MOBILE_SSO = "00000000-0000-0000-0000-000000000002"
PASSWORD = "00000000-0000-0000-0000-000000000008"
VENDOR = "application/vnd.vmware.horizon.manager."


def all_ranges(box):
    return next(r["uuid"] for r in box.access("GET", JERSEY + "/orgnetworks").json["items"] if r["defaultNetwork"])


def rule(box, **more):
    return {"name": "r", "networkRange": all_ranges(box), "deviceType": "ALL", "groups": [], "action": "DENY", "authMethods": [], **more}


def policy(box, name, *rules):
    return box.access("POST", JERSEY + "/accessPolicies", {"name": name, "accessPolicyRules": list(rules)})


# ---- tokens ------------------------------------------------------------------------------


def test_tokens():
    box = shared()
    secret = box.env["WOAPOL_ACCESS_CLIENT_SECRET"]
    good = box.grant("woapol", secret).json
    same((good["token_type"], good["expires_in"], good["scope"]), ("Bearer", 10799, "admin"))
    same(box.grant("woapol", secret, "", "/SAAS/auth/oauthtoken?grant_type=client_credentials").status, 200)
    same(box.grant("woapol", secret, path="/SAAS/API/1.0/oauth2/token").status, 200)
    same((box.grant("woapol", "wrong").status, box.grant("woapol", "").status, box.grant("nobody", secret).status), (401, 401, 401))
    same((box.grant("woapol", secret, "").status, box.grant("woapol", secret, "grant_type=moon").status), (500, 500))
    same(box.grant("woapol", secret, "grant_type=%zz").status, 400)
    same(box.access("GET", "/SAAS/auth/oauthtoken", token="").status, 405)
    same(box.access("GET", JERSEY + "/orgnetworks", token="Bearer x").status, 401)
    same(box.access("GET", JERSEY + "/orgnetworks", token="HZN " + box.token()).status, 200)
    same(box.access("GET", JERSEY + "/health", token="").json["allOk"], "true")


# ---- media types ---------------------------------------------------------------------------


def test_vendor_media_alone():
    with Sandbox("--media", "vendor") as box:
        plain, vendor = {"Accept": "application/json"}, {"Accept": VENDOR + "orgnetwork.list+json"}
        same(box.access("GET", JERSEY + "/orgnetworks", headers=plain).status, 406)
        answer = box.access("GET", JERSEY + "/orgnetworks", headers=vendor)
        same((answer.status, answer.headers["Content-Type"]), (200, VENDOR + "orgnetwork.list+json"))
        body = '{"name":"N","ipAddressRanges":[{"from":"192.0.2.0","to":"192.0.2.9"}]}'
        same(box.access("POST", JERSEY + "/orgnetworks", body, {"Content-Type": "application/json"}).status, 415)
        same(box.access("POST", JERSEY + "/orgnetworks", body, {"Content-Type": VENDOR + "orgnetwork+json"}).status, 201)
        same(box.access("GET", JERSEY + "/scim/Groups", headers=plain).status, 200)


def test_json_alone():
    with Sandbox("--media", "json") as box:
        same(box.access("GET", JERSEY + "/orgnetworks", headers={"Accept": VENDOR + "orgnetwork.list+json"}).status, 406)
        same(box.access("POST", JERSEY + "/orgnetworks", "{}", {"Content-Type": VENDOR + "orgnetwork+json"}).status, 415)
        same(box.access("GET", JERSEY + "/orgnetworks", headers={"Accept": "application/json"}).headers["Content-Type"], "application/json")
        same(box.access("POST", JERSEY + "/catalogitems/search/itemlist", {}).status, 200)


def test_either_media():
    box = shared()
    for accept in ("application/json", VENDOR + "orgnetwork.list+json", "*/*", "text/html, */*;q=0.1"):
        same(box.access("GET", JERSEY + "/orgnetworks", headers={"Accept": accept}).status, 200)


# ---- policies --------------------------------------------------------------------------------


def test_policies_in_two_shapes():
    box = shared()
    made = policy(box, "Two shapes", rule(box, name="phones", deviceType="IOS", action="AUTHENTICATE", authMethods=[[MOBILE_SSO], [PASSWORD]],
                                          reauthSeconds=3600, errorMessage="No"))
    same(made.status, 201)
    uuid = made.json["uuid"]
    ruleset = box.access("GET", "/acs/rulesets/" + uuid).json
    same(ruleset["rules"][0]["conditions"]["deviceType"], "IOS")
    same(ruleset["rules"][0]["actions"], ["AUTHENTICATE"])
    same(ruleset["rules"][0]["advice"]["authMethods"], [[MOBILE_SSO], [PASSWORD]])
    # What one shape says can be written in it, and reads the same in the other.
    same(box.access("PUT", "/acs/rulesets/" + uuid, ruleset).status, 200)
    same(box.access("GET", JERSEY + "/accessPolicies/" + uuid).json, made.json)
    same(box.access("PUT", JERSEY + "/accessPolicies/" + uuid, made.json).status, 200)
    same(box.access("GET", "/acs/rulesets/" + uuid).json, ruleset)
    same("accessPolicyRules" in box.access("GET", JERSEY + "/accessPolicies").json["items"][0], False)


def test_rulesets_count_pages_from_1_and_have_roles_among_them():
    box = Sandbox()
    for number in range(4):
        policy(box, f"P{number}")
    names = lambda query: [item["name"] for item in box.access("GET", "/acs/rulesets?" + query).json["items"]]
    tag = "tag=APP_ACCESS&policyListType=APP_ACCESS_POLICIES&pageSize=2&pageNumber="
    same([names(tag + str(page)) for page in (1, 2, 3, 4)], [["default_access_policy_set", "P0"], ["P1", "P2"], ["P3"], []])
    same(box.access("GET", "/acs/rulesets?" + tag + "1").json["totalPages"], 3)
    same(box.access("GET", "/acs/rulesets?" + tag + "0").status, 400)
    assert "Super Admin" in names("pageSize=100") and "Super Admin" not in names("tag=APP_ACCESS&pageSize=100")
    box.stop()


def test_the_default_policy_stays_and_keeps_its_flag():
    box = shared()
    base = next(p for p in box.access("GET", JERSEY + "/accessPolicies").json["items"] if p["base"])
    same(box.access("DELETE", JERSEY + "/accessPolicies/" + base["uuid"]).status, 403)
    full = box.access("GET", JERSEY + "/accessPolicies/" + base["uuid"]).json
    same([r["deviceType"] for r in full["accessPolicyRules"]], ["HUB_APP", "WEB_BROWSER"])
    put = box.access("PUT", JERSEY + "/accessPolicies/" + base["uuid"], {**full, "base": False, "name": "renamed"})
    same((put.status, put.json["base"], put.json["name"]), (200, True, "renamed"))
    same(box.access("PUT", JERSEY + "/accessPolicies/" + base["uuid"], full).status, 200)


def test_policies_that_cannot_be_are_refused():
    box = shared()
    bad = [
        (dict(networkRange="x"), "networkRange"), (dict(networkRange=None), "networkRange"), (dict(deviceType="TOASTER"), "deviceType"),
        (dict(deviceType="DEVICE_ENROLLMENT"), "default policy"), (dict(groups=["x"]), "group"), (dict(action="MAYBE"), "action"),
        (dict(action="AUTHENTICATE"), "authMethods"), (dict(authMethods=[[PASSWORD]]), "AUTHENTICATE alone"),
        (dict(action="AUTHENTICATE", authMethods=[[]]), "empty"), (dict(action="AUTHENTICATE", authMethods=[["x"]]), "Unknown method"),
        (dict(errorMessage="x" * 4001), "4000"), (dict(reauthSeconds=60), "reauthSeconds"), (dict(colour="red"), "colour"),
        (dict(action="AUTHENTICATE", authMethods=[[PASSWORD]], reauthSeconds=0), "reauthSeconds"),
    ]
    for more, text in bad:
        answer = policy(box, "Bad", rule(box, **more))
        assert answer.status == 400 and text in answer.json["errors"][0]["message"], (more, answer.body)
    same(policy(box, "Long", rule(box, errorMessage="é" * 4000)).status, 201)
    same(policy(box, "Long").status, 409)
    same(box.access("POST", JERSEY + "/accessPolicies", {"name": "No rules"}).status, 400)
    same(box.access("POST", JERSEY + "/accessPolicies", b"{").status, 400)
    same(box.access("POST", JERSEY + "/accessPolicies", {"name": "Y", "accessPolicyRules": [], "zzz": 1}).status, 400)
    same(box.access("GET", JERSEY + "/accessPolicies/none").status, 404)


def test_a_bound_policy_stays_and_the_binding_is_in_the_app():
    box = shared()
    uuid = policy(box, "Bound", rule(box, name="no")).json["uuid"]
    app = next(a for a in box.access("POST", JERSEY + "/catalogitems/search?startIndex=0&pageSize=100", {}).json["items"] if a["name"] == "Expenses")
    path = JERSEY + "/catalogitems/" + app["uuid"]
    same(box.access("PUT", path, {**app, "accessPolicySetUuid": "x"}).status, 400)
    same(box.access("PUT", path, {**app, "accessPolicySetUuid": uuid}).status, 200)
    same(box.access("DELETE", JERSEY + "/accessPolicies/" + uuid).status, 409)
    same(box.sign_in(tenant="access", user="ana@corp.example", app="Expenses")["rule"], "no")
    same(box.sign_in(tenant="access", user="ana@corp.example", app="Wiki")["policy"], "default_access_policy_set")
    # PUT replaces the whole: what is not sent is gone.
    box.access("PUT", path, {"name": "Expenses"})
    full = box.access("GET", path).json
    same((full["accessPolicySetUuid"], "description" in full), (None, False))
    same(box.access("DELETE", JERSEY + "/accessPolicies/" + uuid).status, 204)


def test_the_catalog_counts_from_0():
    box = shared()
    search = lambda query, body={}: [a["name"] for a in box.access("POST", JERSEY + "/catalogitems/search?" + query, body).json["items"]]
    everything = search("startIndex=0&pageSize=100")
    same(search("startIndex=0&pageSize=2") + search("startIndex=2&pageSize=100"), everything)
    same(search("startIndex=0&pageSize=9", {"nameFilter": "sales"}), ["Salesforce"])
    same(search("startIndex=0&pageSize=9", {"includeTypes": ["WebAppLink"]}), [])


def test_ranges():
    box = shared()
    made = box.access("POST", JERSEY + "/orgnetworks", {"name": "Office", "ipAddressRanges": [{"from": "198.51.100.0", "to": "198.51.100.255"}]})
    same(made.status, 201)
    path = JERSEY + "/orgnetworks/" + made.json["uuid"]
    for pairs in ([], [{"from": "2001:db8::", "to": "2001:db8::9"}], [{"from": "1.1.1.9", "to": "1.1.1.1"}], [{"from": "1.1.1", "to": "1.1.1.1"}],
                  [{"from": "1.1.1.1"}], [{"from": "1.1.1.1", "to": "1.1.1.2", "x": 1}]):
        same(box.access("PUT", path, {"name": "Office", "ipAddressRanges": pairs}).status, 400)
    uuid = policy(box, "Names Office", rule(box, networkRange=made.json["uuid"])).json["uuid"]
    same(box.access("DELETE", path).status, 409)
    box.access("DELETE", JERSEY + "/accessPolicies/" + uuid)
    same(box.access("DELETE", path).status, 204)
    own = JERSEY + "/orgnetworks/" + all_ranges(box)
    same(box.access("DELETE", own).status, 403)
    put = box.access("PUT", own, {"name": "EVERYWHERE", "ipAddressRanges": [{"from": "1.1.1.1", "to": "1.1.1.1"}]}).json
    same((put["name"], put["ipAddressRanges"], put["defaultNetwork"]), ("EVERYWHERE", [{"from": "0.0.0.0", "to": "255.255.255.255"}], True))
    box.access("PUT", own, {"name": "ALL RANGES"})


def test_keys_that_nobody_knows():
    with Sandbox("--unknown-keys") as box:
        made = policy(box, "Strange", rule(box))
        full = box.access("GET", JERSEY + "/accessPolicies/" + made.json["uuid"]).json
        same(full["podAffinity"], {"pods": []})
        same(box.access("PUT", JERSEY + "/accessPolicies/" + made.json["uuid"], full).status, 200)


# ---- clients ------------------------------------------------------------------------------------


CLIENT = {"clientId": "job@corp.example", "scope": "admin", "authGrantTypes": "client_credentials"}


def test_clients_and_their_odd_statuses():
    with Sandbox() as box:
        path = JERSEY + "/oauth2clients"
        made = box.access("POST", path, CLIENT)
        same(made.status, 201)
        secret = made.json["secret"]
        assert len(secret) >= 32
        same(box.access("POST", path, CLIENT).status, 500)
        own = path + "/job@corp.example"
        same(box.access("GET", own).json["secret"], "")
        same(box.grant("job@corp.example", secret).status, 200)
        # Without the key the secret stays; a masked one that is sent back wipes it.
        same(box.access("PUT", own, {**CLIENT, "accessTokenTTL": 60}).status, 201)
        same(box.grant("job@corp.example", secret).json["expires_in"], 3599)
        same(box.access("PUT", own, box.access("GET", own).json).status, 201)
        same(box.grant("job@corp.example", secret).status, 401)
        same(box.grant("job@corp.example", "").status, 401)
        same(box.access("PUT", own, {**CLIENT, "clientId": "other"}).status, 500)
        same(box.access("PUT", path + "/none", {**CLIENT, "clientId": "none"}).status, 404)
        same(box.access("PUT", own, {**CLIENT, "secret": "mine"}).status, 201)
        token = box.grant("job@corp.example", "mine").json["access_token"]
        same(box.access("DELETE", own).status, 204)
        same(box.access("GET", path, token="Bearer " + token).status, 401)
        same(box.access("DELETE", own).status, 404)


def test_clients_that_cannot_be_are_refused():
    box = shared()
    for more in (dict(clientId="a b"), dict(clientId="x" * 257), dict(clientId=""), dict(scope="moon"), dict(scope=""), dict(authGrantTypes="luck"),
                 dict(accessTokenTTL=-1), dict(accessTokenTTL="3h"), dict(refreshTokenTTL=60, refreshTokenIdleTTL=60), dict(tokenType="MAC"),
                 dict(colour="red")):
        answer = box.access("POST", JERSEY + "/oauth2clients", {**CLIENT, **more})
        same(answer.status, 400)
    made = box.access("POST", JERSEY + "/oauth2clients", {**CLIENT, "clientId": "naaps", "scope": "admin naaps"})
    same(made.json["scope"], "admin naaps openid")


def test_client_lists_count_pages_from_1():
    with Sandbox() as box:
        for number in range(5):
            box.access("POST", JERSEY + "/oauth2clients", {**CLIENT, "clientId": f"c{number}"})
        page = lambda number: box.access("GET", JERSEY + f"/oauth2clients?pageSize=2&startIndex={number}").json
        same([[c["clientId"] for c in page(n)["items"]] for n in (1, 2, 3, 4)], [["woapol", "c0"], ["c1", "c2"], ["c3", "c4"], []])
        same((page(0)["items"], page(1)["totalCount"], page(1)["totalPages"]), (page(1)["items"], 6, 3))
        assert "secret" not in page(1)["items"][1]


def test_refresh_tokens():
    with Sandbox() as box:
        made = box.access("POST", JERSEY + "/oauth2clients", {**CLIENT, "authGrantTypes": "client_credentials refresh_token"}).json
        held = box.grant(CLIENT["clientId"], made["secret"]).json["refresh_token"]
        again = box.grant(CLIENT["clientId"], made["secret"], "grant_type=refresh_token&refresh_token=" + held)
        same(again.status, 200)
        same(box.access("GET", JERSEY + "/orgnetworks", token="Bearer " + held).status, 401)
        same(box.grant(CLIENT["clientId"], made["secret"], "grant_type=refresh_token&refresh_token=x").status, 400)


def test_a_client_without_admin_reads_nothing():
    with Sandbox() as box:
        made = box.access("POST", JERSEY + "/oauth2clients", {**CLIENT, "scope": "openid"}).json
        token = box.grant(CLIENT["clientId"], made["secret"]).json["access_token"]
        same(box.access("GET", JERSEY + "/orgnetworks", token="Bearer " + token).status, 403)


# ---- people, methods ----------------------------------------------------------------------------


def test_scim():
    box = shared()
    path = JERSEY + "/scim/Groups"
    found = box.access("GET", path + "?filter=displayName%20eq%20%22Sales@corp.example%22").json
    same((found["totalResults"], found["Resources"][0]["urn:scim:schemas:extension:workspace:1.0"]["domain"]), (1, "corp.example"))
    same(box.access("GET", path + "?filter=displayName%20sw%20%22shop%22").json["totalResults"], 2)
    same(box.access("GET", path + "?filter=nonsense").status, 400)
    everything = box.access("GET", path + "?count=1000").json["Resources"]
    pages = [box.access("GET", path + f"?startIndex={start}&count=5").json["Resources"] for start in range(1, 40, 5)]
    same([g["id"] for page in pages for g in page], [g["id"] for g in everything])
    made = box.access("POST", path, {"displayName": "Crew"})
    same(made.status, 201)
    same(box.access("POST", path, {"displayName": "Crew"}).status, 409)
    same(box.access("POST", path, {}).status, 400)
    user = box.access("POST", JERSEY + "/scim/Users", {"userName": "zoe"}).json["id"]
    own = path + "/" + made.json["id"]
    same(box.access("PATCH", own, {"members": [{"value": user}]}).status, 204)
    same([m["value"] for m in box.access("GET", own).json["members"]], [user])
    same(box.access("POST", own, {"members": [{"value": user, "operation": "delete"}]}, {"X-HTTP-Method-Override": "PATCH"}).status, 204)
    same(box.access("GET", own).json["members"], [])
    same(box.access("POST", own, {}).status, 405)
    same(box.access("PATCH", own, {"members": [{"value": "x"}]}).status, 400)


def test_methods_count_if_they_are_enabled_and_offered():
    with Sandbox() as box:
        names = {m["uuid"]: m["name"] for m in box.access("GET", JERSEY + "/amms/authmethods").json["items"]}
        same(names[MOBILE_SSO], "Mobile SSO (for iOS)")
        assert "Okta SAML Auth Method" in names.values()
        base = next(p for p in box.access("GET", JERSEY + "/accessPolicies").json["items"] if p["base"])
        box.access("PUT", JERSEY + "/accessPolicies/" + base["uuid"], {"name": base["name"], "accessPolicyRules": [
            rule(box, name="phones", action="AUTHENTICATE", authMethods=[[MOBILE_SSO]])]})
        outcome = lambda: box.sign_in(tenant="access", user="ana@corp.example", device="ana-iphone", entry="native_app")["outcome"]
        same(outcome(), "signed in")
        box.access("PUT", JERSEY + "/amms/authmethods/" + MOBILE_SSO, {"enabled": False})
        same(outcome(), "cannot")
        box.access("PUT", JERSEY + "/amms/authmethods/" + MOBILE_SSO, {"enabled": True})
        idp = next(i for i in box.access("GET", JERSEY + "/identityProviders").json["items"] if i["name"] == "Built-in")
        left = [m for m in idp["authMethods"] if m["authMethodId"] != MOBILE_SSO]
        same(box.access("PUT", JERSEY + "/identityProviders/" + idp["id"], {**idp, "authMethods": left}).status, 200)
        same(outcome(), "cannot")
        same(box.access("PUT", JERSEY + "/identityProviders/" + idp["id"], idp).status, 200)
        same(outcome(), "signed in")
        same(box.access("DELETE", JERSEY + "/identityProviders/" + idp["id"]).status, 403)


def test_a_third_party_brings_a_method_of_its_own():
    box = shared()
    made = box.access("POST", JERSEY + "/identityProviders", {"name": "Partner", "identityProviderType": "MANUAL", "metaData": "<x/>", "authMethods": [
        {"authMethodName": "Partner login"}], "orgNetworks": [{"uuid": all_ranges(box)}]})
    same(made.status, 201)
    listed = box.access("GET", JERSEY + "/authmethods").json["items"]
    same([m["uuid"] for m in listed if m["authMethodName"] == "Partner login"], [made.json["authMethods"][0]["authMethodId"]])
    same(box.access("DELETE", JERSEY + "/identityProviders/" + made.json["id"]).status, 200)


def test_enrollment_asks_for_a_token_of_the_directorys_people():
    """Guide U: with a valid token, of Active Directory, while Access is Hub's source."""
    with Sandbox() as box:
        base = next(p for p in box.access("GET", JERSEY + "/accessPolicies").json["items"] if p["base"])
        box.access("PUT", JERSEY + "/accessPolicies/" + base["uuid"], {"name": base["name"], "accessPolicyRules": [
            rule(box, name="enroll", deviceType="DEVICE_ENROLLMENT", action="AUTHENTICATE",
                 authMethods=[["00000000-0000-0000-0000-000000000026", PASSWORD]])]})
        enroll = lambda user, token: box.sign_in(tenant="access", user=user, entry="enrollment", device={"platform": "ios", "token": token})["outcome"]
        same((enroll("finn@corp.example", "valid"), enroll("finn@corp.example", "expired"), enroll("gil@corp.example", "valid")),
             ("signed in", "cannot", "cannot"))
        url, key = box.env["WOAPOL_SANDBOX_UEM"], {"aw-tenant-code": box.env["WOAPOL_SANDBOX_UEM_KEY"]}
        box.send(url, "PUT", "/api/system/groups/7/enrollment/authentication", {
            "sourceOfAuthentication": "WORKSPACE_ONE_UEM", "devicesEnrollmentMode": "REGISTERED_DEVICES_ONLY", "requireRegistrationToken": True}, key)
        same(enroll("finn@corp.example", "valid"), "cannot")


def test_who_comes_by_ipv6_is_not_guessed_at():
    """No document says whether ALL RANGES takes them: where it would let them in, it is unknown."""
    told = []
    for options in ((), ("--ipv6", "all-ranges"), ("--ipv6", "no-range")):
        with Sandbox(*options) as box:
            signed = lambda ip: box.sign_in(tenant="access", user="ana@corp.example", device="ana-laptop", entry="browser", ip=ip)
            told.append([signed(ip)["effect"] for ip in ("2001:db8::1", "::ffff:198.51.100.9", "198.51.100.9")])
            if not options:
                assert "ALL RANGES" in signed("2001:db8::1")["trace"][-1]["because"]
            base = next(p for p in box.access("GET", JERSEY + "/accessPolicies").json["items"] if p["base"])
            box.access("PUT", JERSEY + "/accessPolicies/" + base["uuid"], {"name": base["name"], "accessPolicyRules": [rule(box, name="none", action="DENY")]})
            same(signed("2001:db8::1")["effect"], "deny")
    same(told, [["unknown"] + ["authenticate"] * 2, ["authenticate"] * 3, ["deny"] + ["authenticate"] * 2])


def test_sign_ins_are_in_the_audit_report():
    box = shared()
    box.sign_in(tenant="access", user="ana@corp.example", entry="browser")
    rows = box.access("GET", "/analytics/reports/audit?objectType=LOGIN").json["data"]
    assert rows and len(rows[0]) == 5
