"""Finish large writes that a crash left, and that the sweep should have finished by now."""

import logging

from shared.domain.audit.reconciliation import GRACE, Difference
from shared.usecases.core.trouble import describe_error
from shared.usecases.reconciling.reconcile_report import Reconciler, Report
from shared.usecases.sweeping.finish_writes import finish_writes

logger = logging.getLogger(__name__)


def reconcile_writes(tools: Reconciler) -> Report:
    """Finish the writes that are left, and report those that were finished and those that could not be."""
    try:
        return _finished(tools)
    except Exception as error:  # noqa: BLE001 (whatever it is, the orders are to be looked at)
        words = f"large writes cannot be listed: {describe_error(error)}"
        return Report(differences=[Difference(kind="write-unfinished", about="unknown", words=words)])


def _finished(tools: Reconciler) -> Report:
    report, clock = Report(), tools.services.clock
    left = [write for write in tools.ledgers.unfinished() if write.since + GRACE <= clock.now()]
    if not left:
        return report
    try:
        finish_writes(tools.services.orders, clock)
    except Exception as error:  # noqa: BLE001 (whatever it is, what is still there is told)
        logger.warning("not all large writes are finished: %s", describe_error(error))
    still = {write.write_id for write in tools.ledgers.unfinished()}
    for write in left:
        difference = Difference(kind="write-unfinished", about=write.write_id, words=f"since {write.since.isoformat()}")
        report.tell([difference], repaired=write.write_id not in still)
    return report
