"""Brings texts from outside into one plain form: what looks alike is alike, and what is to be read leads nowhere."""

import re
import unicodedata

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}(?:\.{_LOCAL})*@{_LABEL}(?:\.{_LABEL})+")
"""One mailbox without a name and without a comment: an `addr-spec` of RFC 5322 §3.4.1 whose local part is no quoted
text (SES: it must be ASCII)."""
MAX_ADDRESS = 254
"""Characters of an address that mail can be sent to (RFC 5321 §4.5.3.1.3, without the brackets)."""

_SCHEME = re.compile(
    r"(?i)\b(?:[a-z][a-z0-9+.-]*:(?=/|\S*@)|(?:javascript|vbscript|data|file|tel|sms|callto|skype):(?=\S))"
)
_DOTS = re.compile(r"[.\u3002\uff0e\uff61]")
_DOT = re.compile(r"(?<=[^\W_])[.\u3002\uff0e\uff61](?=[^\W\d_]{2})")
_NUMBERS = re.compile(r"(?<!\d)\d{1,3}(?:[.\u3002\uff0e\uff61]\d{1,3}){3}(?!\d)", re.ASCII)
"""An IPv4 address, which mail programs make a link of as of a name."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
"""Where HTML would begin a tag, a comment or the like (HTML Living Standard §13.2.5.6); no blank may stand there."""
_AT = re.compile(r"(?<=\S)@(?=\S)")


def plain(text: str) -> str:
    """Returns the text in Unicode's compatible composed form (NFKC), without characters that nobody sees, each run of
    blanks as one, and none around it."""
    composed = unicodedata.normalize("NFKC", text)
    seen = "".join(sign if unicodedata.category(sign)[0] != "C" or sign.isspace() else "" for sign in composed)
    return " ".join(seen.split())


def is_address(text: str) -> bool:
    """Tells if the text is one plain e-mail address."""
    return len(text) <= MAX_ADDRESS and "=?" not in text and _ADDRESS.fullmatch(text) is not None


def for_people(text: str) -> str:
    """Returns the text as it may be shown to a person, whoever wrote it: one line in which no mail program or browser
    sees a link, an address or markup. What would be one is taken apart by blanks.

    Every letter, and every page that a letter leads to, shows texts from outside in this form only.
    """
    apart = _SCHEME.sub(lambda found: f"{found[0][:-1]} : ", _TAG.sub("< ", plain(text)))
    apart = _NUMBERS.sub(lambda found: ". ".join(_DOTS.split(found[0])), apart)
    return _AT.sub(" @ ", _DOT.sub(". ", apart))


def leads_somewhere(text: str) -> bool:
    """Tells if a mail program or a browser may see a link, an address or markup in the text."""
    return for_people(text) != plain(text)
