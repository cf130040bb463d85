"""A service app of the Okta org: private_key_jwt, scopes, tokens bound to a key."""
import base64
import hashlib
import json
import os
import subprocess
import time
import urllib.parse
import uuid

from harness import RUN, Sandbox, same, shared

PATH = "/oauth2/v1/token"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def encode(data):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(header, claims, key):
    text = encode(header) + "." + encode(claims)
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(), capture_output=True, check=True).stdout
    if header["alg"] == "ES256":
        # DER's two numbers as 32 bytes each.
        length, at, raw = der[3], 4, b""
        for _ in range(2):
            raw += der[at:at + length].lstrip(b"\0").rjust(32, b"\0")
            at += length + 2
            length = der[at - 1] if at <= len(der) else 0
        der = raw
    return text + "." + encode(der)


def assertion(box, key="WOAPOL_SANDBOX_OKTA_KEY", header=None, **more):
    client, now = box.env["WOAPOL_SANDBOX_OKTA_CLIENT_ID"], int(time.time())
    claims = {"iss": client, "sub": client, "aud": box.env["WOAPOL_SANDBOX_OKTA"] + PATH, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), **more}
    return sign(header or {"alg": "ES256" if "EC" in key else "RS256"}, claims, box.env.get(key, key))


def ask(box, proof=None, scope="okta.policies.read okta.networkZones.manage", token=None, **more):
    form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": TYPE, "client_assertion": token or assertion(box), **more}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if proof:
        headers["DPoP"] = proof
    return box.okta("POST", PATH, urllib.parse.urlencode(form), headers, token="")


def test_a_token_for_a_signed_assertion():
    box = shared()
    for key in ("WOAPOL_SANDBOX_OKTA_KEY", "WOAPOL_SANDBOX_OKTA_EC_KEY"):
        answer = ask(box, token=assertion(box, key))
        same((answer.status, answer.json["token_type"], answer.json["expires_in"]), (200, "Bearer", 3600))
        token = "Bearer " + answer.json["access_token"]
        same(box.okta("GET", "/policies?type=ACCESS_POLICY", token=token).status, 200)
        same(box.okta("GET", "/zones", token=token).status, 200)
        same(box.okta("POST", "/policies", {"type": "ACCESS_POLICY", "name": "X"}, token=token).error()[0], "E0000006")
        same(box.okta("GET", "/groups", token=token).status, 403)


def test_assertions_that_are_refused():
    box = shared()
    now = int(time.time())
    other = os.path.join(RUN["work"], "other.key")
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-out", other], check=True, capture_output=True)
    once = assertion(box)
    same(ask(box, token=once).status, 200)
    for token in (once, assertion(box, iss="x"), assertion(box, sub="x"), assertion(box, aud="https://elsewhere.example" + PATH),
                  assertion(box, exp=now - 1), assertion(box, exp=now + 7200), assertion(box, other),
                  assertion(box, header={"alg": "none"}), assertion(box, header={"alg": "RS256", "kid": "unknown"})):
        answer = ask(box, token=token)
        same((answer.status, answer.json["error"]), (401, "invalid_client"))
    for token in ("x", "a.b.c", "." * 50, encode({}) * 1000):
        same(ask(box, token=token).status, 400)
    same(ask(box, grant_type="password").json["error"], "unsupported_grant_type")
    same(ask(box, scope="openid").json["error"], "invalid_scope")
    same(ask(box, scope="").json["error"], "invalid_scope")
    same(ask(box, client_assertion_type="x").json["error"], "invalid_client")
    same(box.okta("POST", PATH, "a=%zz", {"Content-Type": "application/x-www-form-urlencoded"}, token="").status, 400)


class Key:
    def __init__(self):
        self.path = os.path.join(RUN["work"], f"dpop-{uuid.uuid4()}.key")
        subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-out", self.path], check=True, capture_output=True)
        text = subprocess.run(["openssl", "rsa", "-in", self.path, "-noout", "-modulus"], capture_output=True, text=True).stdout
        self.jwk = {"kty": "RSA", "e": "AQAB", "n": encode(bytes.fromhex(text.strip().split("=")[1]))}

    def proof(self, box, method, path, token=None, **more):
        claims = {"htm": method, "htu": box.env["WOAPOL_SANDBOX_OKTA"] + path, "iat": int(time.time()), "jti": str(uuid.uuid4()), **more}
        if token:
            claims["ath"] = encode(hashlib.sha256(token.encode()).digest())
        return sign({"alg": "RS256", "typ": "dpop+jwt", "jwk": self.jwk}, claims, self.path)


def test_tokens_bound_to_a_key():
    with Sandbox("--dpop") as box:
        key = Key()
        same(ask(box).json["error"], "invalid_dpop_proof")
        answer = ask(box, key.proof(box, "POST", PATH))
        same((answer.status, answer.json["error"]), (400, "use_dpop_nonce"))
        nonce = answer.headers["dpop-nonce"]
        same(ask(box, key.proof(box, "GET", PATH, nonce=nonce)).json["error"], "invalid_dpop_proof")
        good = ask(box, key.proof(box, "POST", PATH, nonce=nonce)).json
        same(good["token_type"], "DPoP")
        token, path = good["access_token"], "/api/v1/zones"
        call = lambda proof, scheme="DPoP ": box.okta("GET", "/zones", headers={"DPoP": proof} if proof else {}, token=scheme + token).status
        proof = key.proof(box, "GET", path, token)
        same(call(proof), 200)
        same(call(proof), 401)  # each proof once
        same(call(key.proof(box, "GET", path, "another token")), 401)
        same(call(key.proof(box, "GET", "/api/v1/groups", token)), 401)
        same(call(key.proof(box, "GET", path, token, iat=int(time.time()) - 3600)), 401)
        same(call(None), 401)
        same(call(key.proof(box, "GET", path, token), "Bearer "), 401)
        same(call(Key().proof(box, "GET", path, token)), 401)
        same(call(key.proof(box, "GET", path, token)), 200)
