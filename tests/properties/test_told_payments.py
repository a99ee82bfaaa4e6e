"""Payments by a link, told by its gateway and by a service in any order: each is booked once, and none is lost."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.planning.edits import SetQuantity
from shared.ports.gateways import LinkPaid
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.collecting.book_payment import book_link_payment
from shared.usecases.core.new_change import Wanted
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from tests.fakes import World, a_world, an_order
from tests.fakes.builders import AGENT, SERVICE
from tests.fakes.collections import PAY_FIRST, came, collecting, collection_of
from tests.support.effort import times
from tests.unit.usecases.stories import taken

DUE = 2000
"""Minor units that the change adds."""

Told = tuple[str, int]
"""Who tells, and of which payment."""


@st.composite
def told(draw: st.DrawFn) -> tuple[list[int], list[bool], list[Told]]:
    """What came by the link, if the service names the reference of each, and all reports in some order, some of them
    repeated. The gateway tells of every payment, the service of some."""
    amounts = draw(st.lists(st.sampled_from((500, 1000, DUE)), min_size=1, max_size=4))
    numbers = range(len(amounts))
    named = [draw(st.booleans()) for _ in numbers]
    by_service = draw(st.lists(st.sampled_from(numbers), unique=True))
    reports = [("gateway", number) for number in numbers] + [("service", number) for number in by_service]
    again = draw(st.lists(st.sampled_from(reports), max_size=3))
    return amounts, named, draw(st.permutations(reports + again))


def a_link(world: World) -> LinkPaid:
    """The link of a change that adds two mugs of 10.00."""
    world.stock("MUG", 10)
    world.product("MUG", list_price={"USD": 1000})
    world.policies.policy = collecting(PAY_FIRST)
    order = taken(world, an_order().with_line("MUG", 3, 1000, taxes=()).paid())
    edits = (SetQuantity(line_id="l1", quantity=5),)
    wanted = Wanted(order_id=order.order_id, reason_code="quantity_correction", edits=edits)
    digest = preview_amendment(world.services, AGENT, wanted).digest
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), replace(wanted, accept_digest=digest))
    [change] = world.memory.changes.values()
    key = collection_of(change).link_id
    return LinkPaid(order_id=order.order_id, key=key, currency="USD", amount=DUE, reference="")


def by_service(paid: LinkPaid, number: int, amount: int, *, named: bool) -> ReportedPayment:
    payment = Payment(
        payment_id=f"told-{number}",
        method="card",
        gateway="sandbox",
        reference=f"pi_{number}" if named else None,
        status=PaymentStatus.CAPTURED,
        authorised=amount,
        captured=amount,
        link_id=paid.key,
    )
    return ReportedPayment(payment=payment, currency="USD")


@settings(
    max_examples=times(60), deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(told())
def test_what_is_booked_is_what_came_however_it_was_told(drawn: tuple[list[int], list[bool], list[Told]]) -> None:
    """In the end the money that came by the link is on the books once; what is too much calls a person."""
    amounts, named, reports = drawn
    world = a_world()
    paid = a_link(world)
    for who, number in reports:
        if who == "gateway":
            book_link_payment(
                world.services, "sandbox", replace(paid, amount=amounts[number], reference=f"pi_{number}")
            )
        else:
            payment = by_service(paid, number, amounts[number], named=named[number])
            record_payment(world.services, world.request(SERVICE), paid.order_id, payment)
    order = world.memory.orders[paid.order_id]
    [change] = world.memory.changes.values()
    assert (came(order), change.surplus) == (sum(amounts), max(0, sum(amounts) - DUE))
    assert (change.committed_version is None) == (sum(amounts) < DUE)
    assert len(world.events("ChangeFellOut")) <= len(amounts)
