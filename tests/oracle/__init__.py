"""A second implementation of the rules of money, written from the design and not from the planner.

`python -m tests.oracle 17` tells the history of seed 17 with every figure. A difference is a fault of the planner,
of the oracle, or of the design: work the step out by hand before you mend either.

The oracle keeps what was agreed for each line (price, discounts, taxes, each with the extent that it was agreed
for) and how much of the line is left, works every figure out from these in exact fractions, and rounds once,
half-up. It has no amounts of an earlier step to carry along, so it cannot share a fault of carrying with the
planner. Where the design leaves a choice, it does this:

- **Discounts of a part of a line** are rounded together: the line's discount is the share of all its discounts,
  half-up. How it is shared out among several is not compared.
- **More than was agreed** (units, days) adds to the agreed amounts: a fixed discount stays, a percentage or a tax
  adds its percent of what is beyond, half-up. What was agreed is not calculated anew.
- **A channel's own line total** is price times units and an adjustment; units bear equal shares of it, but more
  units than were sold bear more of it: the channel's unit price is the rounded one.
- **Another price** leaves fixed discounts as they are, as far as the price goes, and calculates percentages and
  taxes from their rates. At the agreed price all is as it was agreed.
- **Discounts agreed in flight** (`set_discount`, `replace_sku`) and taxes of another place are agreed for what is
  left of the line then. Shares of order discounts stay as they are shown then, but for what a low price cuts. A
  move leaves prices and discounts as they were agreed.
- **A subscription is shortened** by its price as it is charged, charge by charge rounded: what was free stays free,
  and a one-time charge counts as it costs.
- **A month from the 31st** ends where the next month has no such day on its last day; every period counts from the
  start.
- **A subscription has begun** the day after its start; cancelled on its first day, it is cancelled whole.
- **Shipping that follows the goods** is priced anew when the goods or their price change, not when a line is merely
  touched or the order moves. It is no dearer when their price rises.
- **Amount due** is the part of a rise that is not paid. An authorisation is no payment.
- **Refunds** go to the payments in the order in which they were made; authorisations shrink from the last.
- **What is overpaid** goes back on the last payments first, unless one is named; money of a refund under way counts as
  given back, until it fails.
- **What is waived** falls first where the total falls, because nobody has paid it; goodwill is given of what was paid.
  A debt that is held on a card is neither waived nor collected. A change that is paid first is what it would have been
  without the payment, and one that is not paid in time leaves the order as it was.
- **Seats that join a running subscription** bear the percentages and tax rates of what they add, and no share of a
  fixed discount or of a tax that was charged before they joined; those that joined last leave first.
- **A deduction without tax** is no deduction from what is taxed, where any line bears a tax when the order comes in.
- **An exchange** is a cancellation and an addition whose shipping and fees are worked out once. What comes lowers no
  restocking fee: it is paid with a part of what goes.
- **A subscription that becomes another product** keeps what it used to yesterday: price, its share of each discount,
  and of the tax charged. The rest of the term is agreed anew, with what is left of fixed discounts. On that day
  whatever else happens, happens to what the line was in the morning; the product of the morning is the line of the
  morning.
- **A move that is undone** leaves what former products had used the tax that it bore; what was used since bears the
  rates of the place where the order is again.
- **A restocking fee that could not be taken** is made up for by a later cancellation, unless that is the merchant's
  fault.
- **An undo on a later day** leaves what was used, and charges no day on which a line did not run; units that it brings
  back are those that left, and bear again what was agreed for them. A subscription that stopped yesterday goes on as
  if it had not.
- **A restocking fee** is a percentage of what units of a stage cost, those that came least far being cancelled
  first.
- **Cancelling a line in an amendment** takes what has not shipped.
"""
