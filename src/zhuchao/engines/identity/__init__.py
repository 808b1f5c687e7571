"""Know a firm by its code and its name, and a person by a number that is shown masked.

Four parts: `codes` (GB 32100-2015 and the old registration numbers), `names` (forms for comparison),
`duplicates` (who may be the same firm) and `persons` (GB 11643-1999 and masking).
"""

from zhuchao.engines.identity.codes import (
    Correction,
    CreditCode,
    check_credit_code,
    credit_code_check_digit,
    make_synthetic_code,
)
from zhuchao.engines.identity.duplicates import Match, Party, find_duplicates
from zhuchao.engines.identity.names import NameParts, name_parts, normal_name, short_name
from zhuchao.engines.identity.persons import IdNumber, check_id_number, mask_id_number, mask_name, mask_phone

__all__ = [
    "Correction",
    "CreditCode",
    "IdNumber",
    "Match",
    "NameParts",
    "Party",
    "check_credit_code",
    "check_id_number",
    "credit_code_check_digit",
    "find_duplicates",
    "make_synthetic_code",
    "mask_id_number",
    "mask_name",
    "mask_phone",
    "name_parts",
    "normal_name",
    "short_name",
]
