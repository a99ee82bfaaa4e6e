"""Reads the query parameter of an order's log."""

from shared.http.parts.fields import Given, QueryFlag


class LogQuery(Given):
    """`verify=true` adds whether the chain of hashes holds."""

    verify: QueryFlag = False
