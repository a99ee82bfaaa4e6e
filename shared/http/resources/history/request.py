"""Reads the query parameters of an order's log."""

from shared.http.parts.fields import QueryFlag
from shared.http.parts.listing import EntriesQuery


class LogQuery(EntriesQuery):
    """A page of entries, as many as fit; `verify=true` adds whether the whole chain of hashes holds."""

    verify: QueryFlag = False
