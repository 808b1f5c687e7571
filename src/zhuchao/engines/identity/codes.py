"""Check 统一社会信用代码 (GB 32100-2015) and the 15-digit registration numbers that came before it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from zhuchao.engines import EngineError

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015; I, O, S, V and Z are left out because they look like others."""

SYNTHETIC_DIVISION: Final = "990000"
"""Division of the product's made-up firms. GB/T 2260 assigns nothing above 82, so no real firm has it."""

_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKE: Final = {"O": "0", "I": "1", "Z": "2", "S": "5"}
_SCIENTIFIC: Final = re.compile(r"\d(\.\d+)?E\+?\d+")
_KINDS: Final = {
    "11": "government",
    "12": "institution",
    "51": "social_group",
    "52": "private_non_enterprise",
    "53": "foundation",
    "91": "enterprise",
    "92": "individual_business",
    "93": "farmers_cooperative",
    "N1": "rural_collective",
    "N2": "rural_collective",
    "N3": "rural_collective",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A letter that the standard does not have, read as the digit it looks like; `position` counts from 1."""

    position: int
    found: str
    read_as: str


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code that passed its check.

    `kind` is who is registered ("enterprise", "institution", "individual_business", ..., "other"), or "legacy"
    for an old registration number. `division` is the six digits of GB/T 2260 where it was registered.
    `corrections` lists look-alike letters that were read as digits: show them, the ledger holds a slip.
    """

    code: str
    kind: str
    division: str
    corrections: tuple[Correction, ...] = ()

    @property
    def is_synthetic(self) -> bool:
        """Tell whether this is a made-up firm of the product's own."""
        return self.division == SYNTHETIC_DIVISION

    @property
    def is_legacy(self) -> bool:
        """Tell whether this is a 15-digit number from before 2015."""
        return self.kind == "legacy"


def check_credit_code(text: str) -> CreditCode:
    """Return the code in its normal form, or say exactly what is wrong with it.

    Full-width characters, spaces, hyphens, lower case and a leading apostrophe are put right in silence; the
    letters O, I, Z and S, which the standard lacks, are read as 0, 1, 2, 5 and reported in `corrections`.
    Fifteen digits are checked as an old registration number (ISO 7064 MOD 11,10).

    Raises:
        EngineError: `credit_code_missing`; `credit_code_scientific` (a spreadsheet turned it into 9.1E+17);
            `credit_code_length` (found); `credit_code_character` (position from 1, found);
            `credit_code_check` and `legacy_code_check` (expected, found: the check digit that is right).
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    if _SCIENTIFIC.fullmatch(plain.strip()):
        raise EngineError(
            "credit_code_scientific", f"a spreadsheet cut this code short: {plain.strip()}", found=plain
        )
    found = "".join(character for character in plain if character.isalnum())
    if not found:
        raise EngineError("credit_code_missing", "there is no code")
    if len(found) == 15:
        return _check_legacy(found)
    if len(found) != 18:
        raise EngineError(
            "credit_code_length", f"a code has 18 characters, this has {len(found)}", found=len(found)
        )
    code, corrections = _read_lookalikes(found)
    for position, character in enumerate(code, start=1):
        if character not in _VALUE or (3 <= position <= 8 and not character.isdigit()):
            raise EngineError(
                "credit_code_character",
                f"character {position} of the code cannot be {character}",
                position=position,
                found=character,
            )
    expected = credit_code_check_digit(code[:17])
    if code[17] != expected:
        raise EngineError(
            "credit_code_check",
            f"the check digit should be {expected}, found {code[17]}",
            expected=expected,
            found=code[17],
        )
    return CreditCode(code, _KINDS.get(code[:2], "other"), code[2:8], corrections)


def credit_code_check_digit(first17: str) -> str:
    """Return the 18th character that belongs to the first seventeen (GB 32100-2015, 4.2: weights 3^i mod 31).

    Raises:
        EngineError: `credit_code_length` or `credit_code_character`.

    >>> credit_code_check_digit("91990000000000010")
    '6'
    """
    if len(first17) != 17:
        raise EngineError(
            "credit_code_length", f"17 characters are needed, got {len(first17)}", found=len(first17)
        )
    total = 0
    for position, (character, weight) in enumerate(zip(first17, _WEIGHTS, strict=True), start=1):
        if character not in _VALUE:
            raise EngineError(
                "credit_code_character",
                f"character {position} of the code cannot be {character}",
                position=position,
                found=character,
            )
        total += _VALUE[character] * weight
    return ALPHABET[-total % 31]


def make_synthetic_code(n: int) -> str:
    """Return the code of the n-th made-up firm, 0 <= n < 100,000,000; different n, different code.

    It passes every check, and its division 990000 does not exist, so it can never be a real firm's.

    Raises:
        EngineError: `synthetic_code_range`.
    """
    if not 0 <= n < 100_000_000:
        raise EngineError("synthetic_code_range", f"n must be from 0 to 99,999,999, got {n}", found=n)
    organisation = f"{n:08d}"
    rest = (
        -sum(int(digit) * weight for digit, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
        % 11
    )
    first17 = f"91{SYNTHETIC_DIVISION}{organisation}{'0123456789X'[rest]}"
    return first17 + credit_code_check_digit(first17)


def _read_lookalikes(found: str) -> tuple[str, tuple[Correction, ...]]:
    corrections = tuple(
        Correction(position, character, _LOOKALIKE[character])
        for position, character in enumerate(found, start=1)
        if character in _LOOKALIKE
    )
    return "".join(_LOOKALIKE.get(character, character) for character in found), corrections


def _check_legacy(found: str) -> CreditCode:
    code, corrections = _read_lookalikes(found)
    for position, character in enumerate(code, start=1):
        if character not in "0123456789":
            raise EngineError(
                "credit_code_character",
                f"character {position} of an old registration number cannot be {character}",
                position=position,
                found=character,
            )
    rest = 10
    for digit in code[:14]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    expected = str((11 - rest) % 10)
    if code[14] != expected:
        raise EngineError(
            "legacy_code_check",
            f"the check digit should be {expected}, found {code[14]}",
            expected=expected,
            found=code[14],
        )
    return CreditCode(code, "legacy", code[:6], corrections)
