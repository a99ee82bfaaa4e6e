"""Says how long something is, as people say it. It is pure."""

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def duration(seconds: int) -> str:
    """Returns a time of whole seconds exactly, in the largest units that it has: `2 days`, `1 hour and 30 minutes`."""
    parts = []
    for unit, length in _UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(counted(count, unit))
    *first, last = parts or [counted(0, "second")]
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, noun: str) -> str:
    """Returns a number of things, the noun in its number: `1 day`, `2 days`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
