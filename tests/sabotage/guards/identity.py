"""Whose token it is: keys, forged tokens, whom a token speaks of, how well they signed in."""

from tests.sabotage.guard import Guard, guard

_TOKENS = "shared/http/identity/tokens.py"
_KEYS = "shared/http/identity/jwks.py"
_CLAIMS = "shared/http/identity/claims.py"
_STRENGTH = "shared/http/identity/strength.py"
_STEP_UP = "shared/usecases/core/stepping_up.py"

GUARDS: tuple[Guard, ...] = (
    guard("a token is not too long", _TOKENS, "if len(token) > MAX_LENGTH:", "if False:"),
    guard("a token is not of another type", _TOKENS, "else kind) not in TYPES:", "else kind) is False:"),
    guard("a token is for access or an identity", _TOKENS, 'if use not in ("access", "id"):', "if False:"),
    guard(
        "an ID token names us as its audience",
        _TOKENS,
        'claims.get("aud") if use == "id" else claims.get("aud", claims.get("client_id"))',
        'claims.get("aud", claims.get("client_id"))',
    ),
    guard(
        "an audience counts before a client",
        _TOKENS,
        'claims.get("aud", claims.get("client_id"))',
        'claims.get("client_id", claims.get("aud"))',
    ),
    guard("a time is a number", _TOKENS, "int | float) for name in TIMES):", "int | float | str) for name in TIMES):"),
    guard("a subject has a length", _TOKENS, 'if not 0 < len(claims["sub"].strip()) <= MAX_SUBJECT:', "if False:"),
    guard("a key signs by its own algorithm", _KEYS, '"alg": algorithm, "crv"', '"crv"'),
    guard("a key is for signatures", _KEYS, '{"use": "sig", "alg"', '{"alg"'),
    guard("a curve is the one that its algorithm names", _KEYS, ', "crv": "P-256"}', "}"),
    guard("a key is long enough", _KEYS, "None if key.Algorithm.check_key_length(key.key) else key", "key"),
    guard("keys grow old", _KEYS, " or self._age() > KEPT_SECONDS", ""),
    guard("keys are not believed for ever", _KEYS, "if self._age() > UNREACHABLE_SECONDS:", "if False:"),
    guard("keys are not fetched at anybody's pace", _KEYS, "self._clock() <= self._not_before:", "False:"),
    guard("the issuer's answer has an end", _KEYS, "reply.read(MAX_BYTES)", "reply.read()"),
    guard("a service is its own subject", _CLAIMS, "return its_own and not of_a_person", "return not of_a_person"),
    guard("a person is no service", _CLAIMS, "its_own and not of_a_person and", "its_own and"),
    guard("an ID token is no service's", _CLAIMS, ' and claims.get("token_use") != "id"', ""),
    guard("a service's scopes are ours", _CLAIMS, " if word.startswith(self.scope_prefix)]", "]"),
    guard("a client without scopes is no service", _CLAIMS, '["service"] if ours else []', '["service"]'),
    guard("scopes are kept for services only", _CLAIMS, ' if "service" in roles else frozenset()', ""),
    guard("two factors are of two kinds", _STRENGTH, "{FACTORS[method] for", "{method for"),
    guard("a large refund needs more than one factor", _STEP_UP, "principal.strong and _is_fresh", "_is_fresh"),
    guard("a large refund needs a fresh sign-in", _STEP_UP, " <= timedelta(seconds=rule.max_age_seconds)", ""),
    guard("a sign-in is not in the future", _STEP_UP, "-SKEW <= now - at <=", "now - at <="),
)
