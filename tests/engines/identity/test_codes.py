import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from zhuchao.engines import EngineError
from zhuchao.engines.identity import (
    Correction,
    check_credit_code,
    credit_code_check_digit,
    make_synthetic_code,
)
from zhuchao.engines.identity.codes import ALPHABET

SYNTHETIC = "91990000000000027W"

first17 = st.builds(
    "".join,
    st.tuples(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9)),
)


def legacy(first14: str) -> str:
    return first14 + mod_11_10.calc_check_digit(first14)


@given(first17)
def test_the_check_digit_is_the_one_an_independent_library_computes(text):
    assert credit_code_check_digit(text) == uscc.calc_check_digit(text)
    assert check_credit_code(text + credit_code_check_digit(text)).code == text + uscc.calc_check_digit(text)


@given(first17, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes_and_the_right_digit_is_told(text, position, character):
    code = text + credit_code_check_digit(text)
    wrong = code[:position] + character + code[position + 1 :]
    if wrong == code:
        return
    with pytest.raises(EngineError) as caught:
        check_credit_code(wrong)
    if caught.value.code == "credit_code_check":
        assert caught.value.data == {"expected": uscc.calc_check_digit(wrong[:17]), "found": code[17]}
    else:
        assert caught.value.code == "credit_code_character"
        assert caught.value.data["position"] == position + 1


@given(st.integers(0, 99_999_999))
def test_a_synthetic_code_is_valid_and_says_that_it_is_synthetic(n):
    code = check_credit_code(make_synthetic_code(n))
    assert uscc.is_valid(code.code)
    assert (code.is_synthetic, code.division, code.kind) == (True, "990000", "enterprise")
    assert code.code[8:16] == f"{n:08d}"


@pytest.mark.parametrize("n", [-1, 100_000_000])
def test_a_synthetic_number_out_of_range_is_refused(n):
    with pytest.raises(EngineError) as caught:
        make_synthetic_code(n)
    assert caught.value.code == "synthetic_code_range"


@pytest.mark.parametrize(
    "written",
    [
        "91990000000000027w",
        " 9199 0000 0000 000 27W\n",
        "９１９９０００００００００００２７Ｗ",
        "'91990000000000027W",
        "91-990000-00000002-7W",
    ],
)
def test_spaces_width_case_and_hyphens_do_not_matter(written):
    assert check_credit_code(written).code == SYNTHETIC
    assert check_credit_code(written).corrections == ()


def test_letters_that_the_standard_lacks_are_read_as_digits_and_reported():
    code = check_credit_code("919900OO0O0000027W")
    assert code.code == SYNTHETIC
    assert code.corrections == (Correction(7, "O", "0"), Correction(8, "O", "0"), Correction(10, "O", "0"))
    assert check_credit_code("9I99000000000002ZW".replace("2ZW", "27W")).corrections == (
        Correction(2, "I", "1"),
    )


@pytest.mark.parametrize(
    ("written", "code", "data"),
    [
        ("", "credit_code_missing", {}),
        (" - ", "credit_code_missing", {}),
        ("9.19900E+17", "credit_code_scientific", {"found": "9.19900E+17"}),
        ("919900000000002W", "credit_code_length", {"found": 16}),
        ("91990000000000027W9", "credit_code_length", {"found": 19}),
        ("91990000V00000027W", "credit_code_character", {"position": 9, "found": "V"}),
        ("919A0000000000027W", "credit_code_character", {"position": 4, "found": "A"}),
        ("91990000000000027X", "credit_code_check", {"expected": "W", "found": "X"}),
        ("32050700000000A", "credit_code_character", {"position": 15, "found": "A"}),
    ],
)
def test_each_way_to_be_wrong_has_its_own_code(written, code, data):
    with pytest.raises(EngineError) as caught:
        check_credit_code(written)
    assert (caught.value.code, caught.value.data) == (code, data)


@pytest.mark.parametrize(
    ("start", "kind"), [("92", "individual_business"), ("N2", "rural_collective"), ("AA", "other")]
)
def test_the_kind_is_who_is_registered(start, kind):
    text = start + "990000123456789"
    assert check_credit_code(text + credit_code_check_digit(text)).kind == kind
    assert not check_credit_code(text + credit_code_check_digit(text)).is_legacy


@given(st.text("0123456789", min_size=14, max_size=14))
def test_an_old_number_has_its_own_check(first14):
    code = check_credit_code(legacy(first14))
    assert (code.is_legacy, code.division) == (True, first14[:6])
    wrong = str((int(legacy(first14)[14]) + 1) % 10)
    with pytest.raises(EngineError) as caught:
        check_credit_code(first14 + wrong)
    assert caught.value.data == {"expected": legacy(first14)[14], "found": wrong}


@pytest.mark.parametrize(
    ("text", "code"), [("1234", "credit_code_length"), ("I" * 17, "credit_code_character")]
)
def test_a_check_digit_needs_seventeen_good_characters(text, code):
    with pytest.raises(EngineError) as caught:
        credit_code_check_digit(text)
    assert caught.value.code == code
