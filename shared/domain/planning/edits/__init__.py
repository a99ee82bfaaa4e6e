"""Unites the edits that a change can hold, one file an edit, and derives everything that goes by an edit's op.

An edit is added by its file here, and to one of the two unions: to `RequestedEdit`, if somebody may ask for it in an
amendment, otherwise to `Edit`.
"""

from typing import get_args

from shared.domain.money.given import Money
from shared.domain.order.charges import GivenCharge
from shared.domain.planning.edits.add_line import AddLine
from shared.domain.planning.edits.base import EditBase, op_of
from shared.domain.planning.edits.cancel_line import CancelLine
from shared.domain.planning.edits.cancel_order import CancelOrder
from shared.domain.planning.edits.cancel_units import CancelUnits
from shared.domain.planning.edits.credit import Credit
from shared.domain.planning.edits.fit_to_stock import FitToStock
from shared.domain.planning.edits.replace_sku import ReplaceSku
from shared.domain.planning.edits.requested import RequestedEdit
from shared.domain.planning.edits.restore import Restore, RestoredAddress, RestoredFees, RestoredShipping
from shared.domain.planning.edits.restored_line import RestoredLine
from shared.domain.planning.edits.set_dates import SetDates
from shared.domain.planning.edits.set_discount import SetDiscount
from shared.domain.planning.edits.set_quantity import SetQuantity
from shared.domain.planning.edits.set_shipping_address import SetShippingAddress
from shared.domain.planning.edits.set_shipping_method import SetShippingMethod
from shared.domain.planning.edits.set_unit_price import SetUnitPrice
from shared.domain.planning.edits.settle import Settle
from shared.domain.planning.edits.take_back import TakeBack

Edit = RequestedEdit | Restore | CancelUnits | CancelOrder | Credit | TakeBack | Settle
"""Adds the edits that nobody asks for in an amendment: an undo makes `restore`, an exchange `take_back`, a settlement
`settle`, and a
cancellation the others."""

BY_OP: dict[str, type[EditBase]] = {op_of(kind): kind for kind in get_args(Edit)}
"""Every edit by its op."""

__all__ = [
    "BY_OP",
    "AddLine",
    "CancelLine",
    "CancelOrder",
    "CancelUnits",
    "Credit",
    "Edit",
    "EditBase",
    "FitToStock",
    "GivenCharge",
    "Money",
    "ReplaceSku",
    "RequestedEdit",
    "Restore",
    "RestoredAddress",
    "RestoredFees",
    "RestoredLine",
    "RestoredShipping",
    "SetDates",
    "SetDiscount",
    "SetQuantity",
    "SetShippingAddress",
    "SetShippingMethod",
    "SetUnitPrice",
    "Settle",
    "TakeBack",
]
