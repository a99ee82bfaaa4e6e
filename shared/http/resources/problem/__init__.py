"""A problem is the form of every refusal (RFC 9457); `shared/http/door/problems.py` makes it."""
