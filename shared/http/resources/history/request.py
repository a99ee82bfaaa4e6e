"""Reads the query parameter of an order's log."""

from typing import Annotated

from pydantic import Field

from shared.http.parts.fields import Given, QueryFlag, within
from shared.http.parts.listing import MAX_ENTRIES, Cursor


class LogQuery(Given):
    """A page of entries, as many as fit; `verify=true` adds whether the whole chain of hashes holds."""

    verify: QueryFlag = False
    limit: Annotated[
        int, Field(ge=1, le=MAX_ENTRIES, description="Entries at most; a page may be shorter."), within(1, MAX_ENTRIES)
    ] = MAX_ENTRIES
    cursor: Cursor | None = None
