"""The plainest edge: it answers with ids and statuses, so that tests can tell answers apart."""

from shared.domain.change.delegation import Delegation
from shared.domain.change.step import Step
from shared.domain.order.product import Product, StockLevel
from shared.domain.policy.versions import PolicyVersion
from shared.ports.requests import Answer
from shared.usecases.approving.delegate_role import Delegated
from shared.usecases.core.requests import Done, Known
from shared.usecases.intake.take_order import TakenOrder


def told(outcome: Done[object] | Known) -> Answer:
    """What the caller hears."""
    assert outcome.answer is not None
    return outcome.answer


def rendered(result: object) -> Answer:
    """The answer to whatever a use case returns."""
    match result:
        case Step(change=None, after=order):
            return Answer(status=201, body=order.order_id, etag=order.etag)
        case Step(change=change, after=order) if change:
            return Answer(status=201, body=f"{change.change_id}/{change.status}", etag=order.etag)
        case TakenOrder(order=order, new=new):
            return Answer(status=201 if new else 200, body=order.order_id, etag=order.etag)
        case PolicyVersion(name=name, version=version, status=status):
            return Answer(status=201, body=f"{name}-{version} {status}")
        case Delegation(to=to, until=until):
            return Answer(status=200, body=f"{to} until {until.isoformat()}")
        case Delegated(given=given):
            return Answer(status=200, body=f"{len(given)} left")
        case StockLevel(on_hand=on_hand):
            return Answer(status=200, body=str(on_hand))
        case Product(sku=sku):
            return Answer(status=200, body=sku)
    raise TypeError(type(result).__name__)
