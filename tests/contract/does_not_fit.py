"""Lists the cases of others that our money does not fit, each with the reason. The list is complete.

The reasons come from DESIGN.md, "Money"; `docs/money-vectors.md` shows both numbers of each case.
"""

FRACTIONS = "dinero.js answers in fractions of a minor unit; we share out whole minor units, which can be paid"
CASCADE = (
    "RubyMoney calculates each part from the rest that the parts before left, so one of several equal weights may get "
    "a unit that belongs to a part with a larger remainder; here the largest remainders get the spare units"
)
NOBODY = "All weights are zero, and a zero weight gets nothing: here it is an error to share an amount out among nobody"
FIRST_TAKES_REST = (
    "Sylius rounds every share and gives the difference to the first line; here the unit goes to the largest remainder"
)
MINIMUM_PRICES = (
    "Sylius lets no promotion lower a line below its minimum price; our allocation is by weight alone, and a "
    "price below its floor needs an approval (policy)"
)
HALF_UP = "Halves go away from zero here, whatever the sign (half-up); the case asks for another mode at an exact half"
NO_MINOR_UNIT = (
    "ISO 4217 gives it no minor unit: it is a metal, a fund's unit or a test code, and no order is paid in it"
)
WITHDRAWN = "Bulgaria has paid in euro since 2026-01-01; the ISO 4217 list that we use no longer has the lev"
NET_ADJUSTMENTS = (
    "Medusa takes a discount on a tax-inclusive price off the price before tax, so 9.00 off lowers it by 9.90; "
    "here the promised discount comes off the price that the customer sees"
)
EACH_OF_THE_ORIGINAL = (
    "Sylius calculates each percentage of a line from its original price; here each one applies to the rest that the "
    "one before left, on a line and on an order"
)
SOME_LINES_ONLY = (
    "Sylius spreads the discount over the lines that are not reduced yet; here an order's discount is for all of its "
    "lines, and a shop that wants it on some of them sends their shares with the lines"
)
OVER_THE_PRICE = "Sylius cuts a discount to the price; here a discount above the price is refused (discount-over-price)"
ROUNDED_ONCE = "Sylius' decimal calculator rounds tax once over the order; we round per line and tax name"
TAX_UNKNOWN = (
    "The shop has no rate for one product in the new country, and Sylius charges none; we refuse (tax-unknown) "
    "instead of guessing"
)

_BIGGER = (
    "Receiving fixed discount equal to the items total of my cart even if the discount is bigger than the items total"
)
_NOT_REDUCED = "Receiving order discount from cart promotions distributed only on non discounted products"

DOES_NOT_FIT = {
    "dinero_allocate.json: #3 USD converts the allocated amounts to the safest scale": FRACTIONS,
    "dinero_allocate.json: #4 USD converts the ratios to the same scale before allocating": FRACTIONS,
    "dinero_allocate.json: #8 MGA converts the allocated amounts to the safest scale": FRACTIONS,
    "dinero_allocate.json: #9 MGA converts the ratios to the same scale before allocating": FRACTIONS,
    "iso4217_minor_units.json: BGN": WITHDRAWN,
    "iso4217_minor_units.json: XAG": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XAU": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XBA": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XBB": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XBC": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XBD": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XDR": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XPD": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XPT": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XSU": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XTS": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XUA": NO_MINOR_UNIT,
    "iso4217_minor_units.json: XXX": NO_MINOR_UNIT,
    "medusa_cart_totals.json: #2 carts with shipping_methods + items + taxes + discounts with is_tax_inclusive": (
        NET_ADJUSTMENTS
    ),
    "moneyphp_rounding_modes.json: #1 2.5 HALF_EVEN": HALF_UP,
    "moneyphp_rounding_modes.json: #4 -2.5 HALF_EVEN": HALF_UP,
    "moneyphp_rounding_modes.json: #8 3.5 HALF_ODD": HALF_UP,
    "moneyphp_rounding_modes.json: #11 -3.5 HALF_ODD": HALF_UP,
    "moneyphp_rounding_modes.json: #18 2.5 HALF_DOWN": HALF_UP,
    "moneyphp_rounding_modes.json: #20 -2.5 HALF_DOWN": HALF_UP,
    "moneyphp_rounding_modes.json: #30 12.50 HALF_DOWN": HALF_UP,
    "moneyphp_rounding_modes.json: #31 -12.50 HALF_DOWN": HALF_UP,
    "moneyphp_rounding_modes.json: #35 -8328.5 HALF_DOWN": HALF_UP,
    "moneyphp_rounding_modes.json: #38 -2.5 HALF_POSITIVE_INFINITY": HALF_UP,
    "moneyphp_rounding_modes.json: #43 -12.50 HALF_POSITIVE_INFINITY": HALF_UP,
    "moneyphp_rounding_modes.json: #44 -8328.5 HALF_POSITIVE_INFINITY": HALF_UP,
    "moneyphp_rounding_modes.json: #46 2.5 HALF_NEGATIVE_INFINITY": HALF_UP,
    "rubymoney_allocation.json: #21 700273 allocation seen in the wild": CASCADE,
    "rubymoney_allocation.json: #22 -700273 allocation seen in the wild": CASCADE,
    "sylius_distributors.json: 300 over [4300, 1400, 2300]": FIRST_TAKES_REST,
    "sylius_distributors.json: -300 over [4300, 1400, 2300]": FIRST_TAKES_REST,
    "sylius_distributors.json: -299 over [0]": NOBODY,
    "sylius_distributors.json: minimum prices, four lines, floors": MINIMUM_PRICES,
    "sylius_distributors.json: minimum prices, quantity": MINIMUM_PRICES,
    "sylius_distributors.json: minimum prices, exceeds what floors allow": MINIMUM_PRICES,
    "sylius_features/applying_correct_taxes_for_product_with_tax_rate_included_in_price: #3 Applying correct taxes for "
    "multiple items with tax rate included in price and decimal calculator": ROUNDED_ONCE,
    "sylius_features/applying_correct_taxes_for_products_with_different_tax_rates_for_different_zones: #4 Displaying "
    "correct taxes for multiple products from different zones after specifying billing address": TAX_UNKNOWN,
    "sylius_features/receiving_discount_from_promotion_with_multiple_actions: #1 Receiving percentage discounts only "
    "on items that fit action filters": EACH_OF_THE_ORIGINAL,
    "sylius_features/receiving_fixed_discount_from_cart_promotions_only_on_non_discounted_products: #2 "
    f"{_NOT_REDUCED}": SOME_LINES_ONLY,
    f"sylius_features/receiving_fixed_discount_on_cart: #2 {_BIGGER}": OVER_THE_PRICE,
    f"sylius_features/receiving_fixed_discount_on_items_on_price_range: #9 {_BIGGER}": OVER_THE_PRICE,
    f"sylius_features/receiving_fixed_discount_on_products_from_specific_taxon: #3 {_BIGGER}": OVER_THE_PRICE,
    f"sylius_features/receiving_fixed_discount_on_specific_products: #4 {_BIGGER}": OVER_THE_PRICE,
    "sylius_features/receiving_percentage_discount_from_cart_promotions_only_on_non_discounted_products: #2 "
    f"{_NOT_REDUCED}": SOME_LINES_ONLY,
    "vendure_prorate.json: #8 10 over [0, 0]": NOBODY,
}
"""Case id → reason."""
