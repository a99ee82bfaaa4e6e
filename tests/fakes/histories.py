"""What stands beside live orders, in memory, and rewritten as the adapter does: all of it, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.domain.order.order import Order
from shared.ports.erasing import ErasureRequest, History, Rewrite
from shared.ports.stores import Conflict
from tests.fakes.world import Memory


@dataclass
class Histories:
    """`crashes` is how many rewrites end before anything is written; `meanwhile` runs once, before the next one."""

    memory: Memory
    asked: list[ErasureRequest] = field(default_factory=list)
    rewritten: list[Rewrite] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None

    def of(self, order: Order) -> History:
        pasts = tuple(past for (of, _), past in self.memory.versions.items() if of == order.order_id)
        return History(
            pasts=pasts,
            changes=tuple(each for each in self.memory.changes.values() if each.order_id == order.order_id),
        )

    def rewrite(self, rewrite: Rewrite) -> None:
        order_id = rewrite.write.after.order_id
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if order_id in self.crashes:
            self.crashes.remove(order_id)
            raise TimeoutError
        for before, _ in rewrite.changes:
            if self.memory.changes[before.change_id].rev != before.rev:
                raise Conflict("change", lost=True)
        self.memory.write(rewrite.write)
        self.memory.versions |= {(past.order_id, past.version): past for past in rewrite.pasts}
        self.memory.changes |= {after.change_id: after for _, after in rewrite.changes}
        words = self.memory.words.get(order_id, {})
        self.memory.words[order_id] = {word: personal for word, personal in words.items() if not personal}
        self.rewritten.append(rewrite)

    def keep_request(self, asked: ErasureRequest) -> None:
        self.asked.append(asked)
