"""Knows which places there are: countries, the regions of those that tax by region, and their postal codes.

Taxes are due by an address, so an address that names no such place, or two of them, is asked about and not taxed by one
of its words. Countries are those of ISO 3166-1 (alpha-2), regions those of ISO 3166-2 and the U.S. Postal Service
(Publication 28, Appendix B). A ZIP code begins with the digits of its region (USPS Domestic Mail Manual, L002), a
Canadian postal code with its letter (Canada Post, "Forward sortation areas"). `docs/adr/0028` says why the few facts
stand here.
"""

import re
from collections.abc import Iterator, Mapping

from shared.domain.order.party import Address
from shared.domain.refusal import Refusal

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())
"""The codes of ISO 3166-1, and XK: the shops' code for Kosovo, from the range that ISO leaves to its users."""

_ZIP_CODES = """
AL 350-369  AK 995-999  AS 967  AZ 850-869  AR 716-729  AA 340  AE 090-099  AP 962-966  CA 900-961  CO 800-819
CT 060-069  DE 197-199  DC 200,202-205,569  FL 320-339,341-349  GA 300-319,398,399  GU 969  HI 967,968  ID 832-839
IL 600-629  IN 460-479  IA 500-529  KS 660-679  KY 400-427  LA 700-715  ME 039-049  MH 969  MD 206-219  MA 010-027,055
MI 480-499  FM 969  MN 550-567  MS 386-397  MO 630-659  MT 590-599  NE 680-699  NV 889-899  NH 030-038  NJ 070-089
NM 870-884  NY 005,063,100-149  NC 270-289  ND 580-589  MP 969  OH 430-459  OK 730-749  OR 970-979  PW 969  PA 150-196
PR 006,007,009  RI 028,029  SC 290-299  SD 570-579  TN 370-385  TX 733,750-799,885  UT 840-849  VT 050-059  VI 008
VA 201,220-246  WA 980-994  WV 247-269  WI 530-549  WY 820-831,834
"""
_CANADIAN = """
AB T  BC V  MB R  NB E  NL A  NS B  NT X  NU X  ON K,L,M,N,P  PE C  QC G,H,J,K1A  SK S,R8A  YT Y
"""
_ZIP = re.compile(r"(\d{3})\d{2}([ -]?\d{4})?", re.ASCII)
_FSA = re.compile(r"([A-Z]\d[A-Z])[ -]?\d[A-Z]\d", re.ASCII)


def flaw_of(address: Address) -> Refusal | None:
    """Returns the reason why an address names no place that tax could be due to; None if it names one, as far as is
    known here.

    The refusal is `unknown-country`, `unknown-region`, or `region-contradicts-postal-code`; it points at the field. A
    postal code that is none of its country's form contradicts nothing: it may be a word of the customer's.
    """
    country, region = address.country, address.region
    if country not in COUNTRIES:
        words = "This is no country of ISO 3166-1, such as DE: the code has two capital letters."
        return Refusal("unknown-country", words, pointer="/country")
    beginnings = _BEGINNINGS.get(country)
    if beginnings is None or not region:
        return None
    if region not in beginnings:
        words = f"This is no region of {country} in ISO 3166-2, such as {next(iter(beginnings))}."
        return Refusal("unknown-region", words, pointer="/region")
    begun = _beginning(country, address.postal_code or "")
    if begun is None or begun.startswith(beginnings[region]):
        return None
    words = f"No postal code of {country}-{region} begins like this one: one of the two is wrong."
    return Refusal("region-contradicts-postal-code", words, pointer="/postal_code")


def confirms_region(address: Address) -> bool:
    """Tells if the postal code says the region by which tax is due. Where regions set no tax, or nobody here knows
    their codes, nothing has to be said."""
    beginnings = _BEGINNINGS.get(address.country)
    if beginnings is None:
        return address.country in COUNTRIES
    begun = _beginning(address.country, address.postal_code or "")
    return begun is not None and begun.startswith(beginnings.get(address.region or "", ("none",)))


def _beginning(country: str, postal_code: str) -> str | None:
    """Returns the part of a postal code that tells its region; None if the code is not of its country's form."""
    form = _ZIP if country == "US" else _FSA
    found = form.fullmatch(postal_code.strip().upper())
    return found.group(1) if found else None


def _table(text: str) -> Mapping[str, tuple[str, ...]]:
    """Returns the beginnings of postal codes by region."""
    words = text.split()
    return {region: tuple(_all(told)) for region, told in zip(words[::2], words[1::2], strict=True)}


def _all(told: str) -> Iterator[str]:
    for part in told.split(","):
        first, _, last = part.partition("-")
        yield from [first] if not last else (f"{number:03}" for number in range(int(first), int(last) + 1))


_BEGINNINGS = {"US": _table(_ZIP_CODES), "CA": _table(_CANADIAN)}
