"""Reads the period that a report is to cover."""

from datetime import datetime

from pydantic import Field

from shared.domain.period import Period, period_of
from shared.http.parts.fields import Given, Time


class ReportQuery(Given):
    """From `from` on and before `to`, 92 days at most; by default the last 30 days."""

    since: Time | None = Field(default=None, alias="from")
    until: Time | None = Field(default=None, alias="to")

    def to_period(self, now: datetime) -> Period:
        """Returns the period; `now` ends it by default.

        Raises:
            Refusal: `end-before-start`, `out-of-range`.
        """
        return period_of(self.since, self.until, now)
