"""Documents the sign of life."""

from shared.http.parts.reply import Reply


class Health(Reply):
    status: str = "ok"
