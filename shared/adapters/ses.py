"""Sends mail by Amazon SES (API v2). No error and no log names a letter's recipient or its words."""

from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shared.ports.mail import Letter, MailFailed


class Sender(Protocol):
    """The part of the SES client that is used here."""

    def send_email(self, **request: Any) -> Mapping[str, Any]: ...


class SesMail:
    """Sends plain text from one address, which SES must know as a verified identity, and through a configuration set if
    one is named."""

    def __init__(self, client: Sender, sender: str, configuration_set: str = "") -> None:
        self._client = client
        self._sender = sender
        self._through = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, letter: Letter) -> None:
        """Sends the letter.

        Raises:
            MailFailed: with the error's code alone, because SES puts addresses into its messages.
        """
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                **self._through,
                Destination={"ToAddresses": [letter.to]},
                Content={"Simple": {"Subject": _text(letter.subject), "Body": {"Text": _text(letter.text)}}},
            )
        except ClientError as error:
            raise MailFailed(error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise MailFailed(type(error).__name__) from None


def _text(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": "UTF-8"}
