"""A drawing is kept only when it does nothing but draw, and out of what it holds itself."""

import pytest

from zhuchao.apps.core.errors import SvgRefused
from zhuchao.apps.core.services import svg
from zhuchao.apps.core.services.svg import refuse_active_svg

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
PLAN = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- 三层平面 -->
<svg {NS} xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 100 60">
  <title>三层平面</title><inkscape:page x="0"/>
  <style>.w {{ fill: none; stroke: black; marker-end: url(#arrow) }}</style>
  <defs><marker id="arrow"><path d="M0 0L4 2"/></marker><rect id="door" width="4" height="1"/></defs>
  <path class="w" d="M0 0H100V60H0Z" style="mask: url('#m')"/><use xlink:href="#door" x="9"/><use href="#door"/>
  <image href="data:image/png;base64,iVBORw0KGgo=" width="5" height="5"/><text x="5" y="9">301</text>
</svg>"""


def check(tmp_path, text, data=None):
    path = tmp_path / "plan.svg"
    path.write_bytes(text.encode() if data is None else data)
    refuse_active_svg(path, "plan.svg")


def drawing(inside, head=""):
    return f"{head}<svg {NS}>{inside}</svg>"


def test_a_floor_plan_that_only_draws_is_kept(tmp_path):
    check(tmp_path, PLAN)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
        '<script xmlns="">alert(1)</script>',
        "<foreignObject><p>hello</p></foreignObject>",
        '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="//e.example"/></foreignObject>',
        '<rect onload="alert(1)"/>',
        '<rect OnClick="alert(1)"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<a href="https://e.example"><text>x</text></a>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<use href="https://e.example/x.svg#a"/>',
        '<use xlink:href="//e.example/x.svg#a"/>',
        '<use href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<image href="https://e.example/x.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<image xlink:href=" file:///etc/passwd"/>',
        '<rect style="fill: url(https://e.example/x)"/>',
        '<rect style="fill: url( &quot;//e.example/x&quot; )"/>',
        '<rect fill="URL (https://e.example/x)"/>',
        '<rect style="background: image-set(&quot;https://e.example/x&quot; 1x)"/>',
        "<style>@import 'https://e.example/x.css';</style>",
        "<style>@im\\70ort url(x)</style>",
        "<style>rect { fill: u\\72l(https://e.example/x) }</style>",
        "<style>@font-face { src: url(https://e.example/x.woff) }</style>",
        '<rect style="width: expression(alert(1))"/>',
        '<rect fill="javascript:alert(1)"/>',
        '<g xml:base="https://e.example/"><use href="#a"/></g>',
        '<feImage href="https://e.example/x.png"/>',
        "<iframe/>",
        "<audio/>",
        "<handler/>",
    ],
)
def test_a_drawing_that_does_more_or_leads_out_is_refused(tmp_path, inside):
    with pytest.raises(SvgRefused) as caught:
        check(tmp_path, drawing(inside))
    assert caught.value.data["hint"] == "active"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (drawing("<rect/>", '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'), "doctype"),
        (drawing("&a;", '<!DOCTYPE svg [<!ENTITY a "aaaa">]>'), "doctype"),
        (drawing("&a;", '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "doctype"),
        (drawing("<rect/>", '<?xml-stylesheet href="https://e.example/x.css"?>'), "instruction"),
        (drawing("<rect>"), "broken"),
        ("<svg><rect/></svg>", "broken"),
        (f"<x><svg {NS}/></x>", "broken"),
        (drawing("<g>" * 150 + "</g>" * 150), "complex"),
    ],
)
def test_what_is_no_plain_drawing_is_refused_with_its_reason(tmp_path, text, hint):
    with pytest.raises(SvgRefused) as caught:
        check(tmp_path, text)
    assert caught.value.data["hint"] == hint


def test_a_drawing_that_draws_itself_out_without_end_is_refused(tmp_path):
    rows = "".join(
        f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 10 if n else "<rect/>"}</g>' for n in range(9)
    )
    for inside in (
        rows,
        '<g id="a"><use href="#a"/></g>',
        '<g id="a"><use href="#b"/></g><use id="b" href="#a"/>',
    ):
        with pytest.raises(SvgRefused) as caught:
            check(tmp_path, drawing(inside))
        assert caught.value.data["hint"] == "complex"


def test_a_drawing_of_too_many_elements_or_bytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(svg, "MOST_ELEMENTS", 3)
    check(tmp_path, drawing("<rect/><rect/>"))
    with pytest.raises(SvgRefused):
        check(tmp_path, drawing("<rect/><rect/><rect/>"))
    monkeypatch.setattr(svg, "MOST_BYTES", 10)
    with pytest.raises(SvgRefused) as caught:
        check(tmp_path, PLAN)
    assert caught.value.data["hint"] == "too_large"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_script_in_another_encoding_is_a_script(tmp_path, encoding):
    with pytest.raises(SvgRefused):
        check(tmp_path, "", drawing("<script>alert(1)</script>").encode(encoding))
