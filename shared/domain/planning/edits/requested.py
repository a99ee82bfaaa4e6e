"""Unites the edits that somebody may ask for in an amendment."""

from shared.domain.planning.edits.add_line import AddLine
from shared.domain.planning.edits.cancel_line import CancelLine
from shared.domain.planning.edits.fit_to_stock import FitToStock
from shared.domain.planning.edits.replace_sku import ReplaceSku
from shared.domain.planning.edits.set_dates import SetDates
from shared.domain.planning.edits.set_discount import SetDiscount
from shared.domain.planning.edits.set_quantity import SetQuantity
from shared.domain.planning.edits.set_shipping_address import SetShippingAddress
from shared.domain.planning.edits.set_shipping_method import SetShippingMethod
from shared.domain.planning.edits.set_unit_price import SetUnitPrice

RequestedEdit = (
    ReplaceSku
    | SetUnitPrice
    | SetDiscount
    | SetDates
    | SetQuantity
    | FitToStock
    | CancelLine
    | AddLine
    | SetShippingAddress
    | SetShippingMethod
)
"""An undo is judged as these edits, in this order."""
