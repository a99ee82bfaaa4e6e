"""Look after changes one by one: trouble with one stops none of the others, and is raised in the end."""

import logging
from collections.abc import Callable, Iterable, Sequence

from shared.ports.stores import ChangeReference
from shared.ports.walks import Unreadable
from shared.usecases.core.time_left import UNLIMITED, TimeLeft
from shared.usecases.core.trouble import describe_error, without_frames

logger = logging.getLogger(__name__)

Work = Callable[[ChangeReference], bool]
"""Looks after one change, and returns True if it counts."""

MOST_TROUBLES = 100
"""Errors that are raised in the end; the log names all."""


def isolate_failures(
    what: str, turns: Sequence[tuple[Work, Iterable[ChangeReference]]], time: TimeLeft = UNLIMITED
) -> int:
    """Do each work for each of its changes, as long as there is time; return how many counted. The works share the
    time. A change that cannot be read is named in the log and left to reconciliation, which tells of it.

    Raises:
        ExceptionGroup: of some it could not be done; all the others have had their turn. The log names them.
    """
    counted, troubles = 0, list[Exception]()
    for number, (work, changes) in enumerate(turns):
        until = time.share_of(len(turns) - number)
        for change in changes:
            if until.is_up:
                logger.warning("%s: its time is up; the next sweep goes on", what)
                break
            try:
                counted += work(change)
            except Unreadable as error:
                logger.error("a change cannot be read: %s: %s", change.change_id, error)
            except Exception as error:  # noqa: BLE001 (whatever it is, those behind it are as urgent)
                logger.error("%s: not of %s: %s", what, change.change_id, describe_error(error))
                troubles += [without_frames(error)] if len(troubles) < MOST_TROUBLES else []
    if troubles:
        raise ExceptionGroup(f"{what}: of some changes it could not be done", troubles)
    return counted
