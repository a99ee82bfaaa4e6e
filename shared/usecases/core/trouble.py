"""Describe errors in words that are fit for a log."""

from shared.ports.bus import PublishFailed


def describe_error(error: BaseException) -> str:
    """Return types, with the AWS error code where there is one; of a group, those of its parts. An error's own words
    are left out: they may quote what is personal."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(dict.fromkeys(describe_error(each) for each in error.exceptions))
    return f"{type(error).__name__} {_code(error)}".strip()


def without_frames(error: Exception) -> Exception:
    """Return the error without its traceback and causes, which keep alive all that the failed calls were working
    on."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _code(error: BaseException) -> str:
    if isinstance(error, PublishFailed):
        return str(error)  # its words are a count and the bus's codes (see the port)
    match getattr(error, "response", None):
        case {"Error": {"Code": str(code)}}:
            return code
    return ""
