"""Do the sweep's jobs each minute: publish, expire, finish and start again what was lost."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.ports.bus import Bus
from shared.ports.services import Services
from shared.ports.workflows import Workflows
from shared.usecases.core.time_left import UNLIMITED, TimeLeft
from shared.usecases.core.trouble import describe_error
from shared.usecases.publishing.publish_events import publish_forgotten
from shared.usecases.sweeping.finish_writes import finish_writes
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes

logger = logging.getLogger(__name__)


@dataclass
class Swept:
    """Counts what was `published`, `expired` and `finished` and what had `fallen`, of the jobs that could be done, with
    the reasons why the others could not."""

    counts: dict[str, int] = field(default_factory=dict)
    troubles: list[Exception] = field(default_factory=list)


def sweep(services: Services, bus: Bus, workflows: Workflows, time: TimeLeft = UNLIMITED) -> Swept:
    """Give each job its turn and its share of the time, whatever became of those before it. The log names what
    failed."""
    jobs: dict[str, Callable[[TimeLeft], int]] = {
        "published": lambda _: publish_forgotten(bus, services.orders, services.clock),
        "expired": lambda share: mind_deadlines(services, share),
        "finished": lambda share: finish_writes(services.orders, services.clock, share),
        "fallen": lambda share: resume_changes(services, workflows, share),
    }
    swept = Swept()
    for number, (job, work) in enumerate(jobs.items()):
        try:
            swept.counts[job] = work(time.share_of(len(jobs) - number))
        except Exception as error:  # noqa: BLE001 (whatever it is, the other jobs are as urgent)
            logger.error("sweep: not %s: %s", job, describe_error(error))
            swept.troubles.append(error)
    return swept
