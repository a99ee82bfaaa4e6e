"""Shows the result of an erasure."""

from shared.domain.audit.erasing import LEFT
from shared.http.parts.view import Json, time
from shared.usecases.erasing.erase_customer import Erased


def erasure_view(erased: Erased) -> Json:
    return {
        "customer_id": erased.customer_id,
        "orders": erased.orders,
        "changes": erased.changes,
        "erased_at": time(erased.erased_at) if erased.erased_at else None,
        "left": list(LEFT),
    }
