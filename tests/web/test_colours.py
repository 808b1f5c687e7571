"""A zone may choose any colour: what stands on it or is written in it can still be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.web.colours import NIGHT, READABLE, USUAL, WHITE, brand_style, contrast


def rgb(text: str) -> tuple[float, float, float]:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_is_made_readable_by_day_and_by_night(number: int) -> None:
    parts = dict(part.split(":") for part in brand_style(f"#{number:06x}").split(";"))
    rounding = 0.05
    assert contrast(rgb(parts["--z-day"]), WHITE) >= READABLE - rounding
    assert contrast(rgb(parts["--z-night"]), NIGHT) >= READABLE - rounding
    assert contrast(rgb(parts["--z-on-brand"]), rgb(parts["--z-brand"])) >= READABLE - rounding


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", '#123456";', None])
def test_what_is_no_colour_gives_the_usual_one(text: str) -> None:
    assert brand_style(text) == brand_style(USUAL)
    assert re.fullmatch(r"[-a-z0-9:;#,]+", brand_style(text))


def test_a_colour_that_can_be_read_already_stays_as_it_is() -> None:
    assert "--z-day:#1f6f5c" in brand_style("#1f6f5c")
