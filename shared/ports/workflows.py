"""Declares the port to the state machines: start an execution, and let one that waits go on."""

from typing import Protocol


class Workflows(Protocol):
    def start_approval(self, change_id: str, order_id: str, round_: int) -> None:
        """Starts the execution `<change_id>-<round>`; starting it again does nothing."""

    def start_confirmation(self, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        """Starts the execution `<change_id>-<round>`; starting it again does nothing. A further `attempt` is another
        execution, for a letter that never went out."""

    def start_collection(self, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        """Starts the execution `<change_id>-<round>`; starting it again does nothing. `attempt`: as above."""

    def start_refund(self, refund_id: str, change_id: str, order_id: str, payment_id: str) -> None:
        """Starts the execution named by the refund; starting it again does nothing."""

    def start_question(self, refund_id: str, change_id: str, order_id: str, payment_id: str, number: int) -> None:
        """Start the execution `<refund_id>-ask-<number>`, which asks a gateway about a refund that may have been paid;
        starting it again does nothing."""

    def start_letter(self, change_id: str, order_id: str, attempt: int = 0) -> None:
        """Start the execution `<change_id>-letter`, which tells the customer of a cancellation that gives no money
        back; starting it again does nothing."""

    def answer(self, token: str, decision: str) -> None:
        """Lets a waiting step go on; a token that was used or is too old is ignored."""
