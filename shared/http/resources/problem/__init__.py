"""A problem is what every refusal looks like (RFC 9457); `shared/http/door/problems.py` makes it."""
