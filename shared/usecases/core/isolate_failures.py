"""Look after changes one by one: trouble with one stops none of the others, and is raised in the end."""

import logging
from collections.abc import Callable, Iterable

from shared.domain.change.change import Change
from shared.usecases.core.trouble import describe_error

logger = logging.getLogger(__name__)

Work = Callable[[Change], bool]
"""Looks after one change, and returns True if it counts."""


def isolate_failures(what: str, turns: Iterable[tuple[Work, Iterable[Change]]]) -> int:
    """Do each work for each of its changes; return how many counted.

    Raises:
        ExceptionGroup: of some it could not be done; all the others have had their turn. The log names them.
    """
    counted, troubles = 0, list[Exception]()
    for work, changes in turns:
        for change in changes:
            try:
                counted += work(change)
            except Exception as error:  # noqa: BLE001 (whatever it is, those behind it are as urgent)
                logger.error("%s: not of %s: %s", what, change.change_id, describe_error(error))
                troubles.append(error)
    if troubles:
        raise ExceptionGroup(f"{what}: of some changes it could not be done", troubles)
    return counted
