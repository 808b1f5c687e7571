"""A person takes a ledger in through the pages, step by step, with and without scripts."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import load_workbook

from tests.apps.core.conftest import make_xlsx
from tests.factories import make_sector, make_user, make_zone, signed_in
from zhuchao.apps.core.models import Attachment, ImportBatch, Job
from zhuchao.apps.core.selectors.files import attachment_path
from zhuchao.apps.core.services import importing, jobs
from zhuchao.apps.core.services.importing import all_ledgers
from zhuchao.apps.desk.selectors.imports import LISTS, RECORDS, tried_rows
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Role, User, Zone

HEADER = ["企业名称", "统一社会信用代码", "状态", "注册资本(万元)", "成立日期"]
GOOD = [
    HEADER,
    ["平江示例一号科技有限公司", "", "在营", 500, "2020-05-01"],
    ["平江示例二号贸易有限公司", "", "在营", 20, "2021年3月2日"],
]
BAD = ["平江示例三号制造有限公司", "91320508MA00000071", "在营", 1, ""]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def zone() -> Zone:
    zone = make_zone()
    make_sector(zone)
    return zone


@pytest.fixture
def officer(zone: Zone) -> User:
    return make_user(Role.LIAISON, zone=zone)


@pytest.fixture
def page(client: Client, officer: User) -> Client:
    return signed_in(client, officer)


def file_of(rows: Sequence[Sequence[Any]], name: str = "企业台账.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_xlsx(rows).getvalue(), XLSX)


def upload(page: Client, rows: Sequence[Sequence[Any]], kind: str = "enterprises") -> ImportBatch:
    response = page.post(reverse("import-upload", args=[kind]), {"file": file_of(rows)})
    assert response.status_code == 302, response.content.decode()
    return ImportBatch.objects.latest("pk")


def as_understood(page: Client, batch: ImportBatch) -> dict[str, str]:
    """Return what the form of the columns would send when nothing is changed."""
    form = page.get(reverse("import-columns", args=[batch.pk])).context["form"]
    return {name: field.initial or "" for name, field in form.fields.items()}


def tried(page: Client, rows: Sequence[Sequence[Any]]) -> ImportBatch:
    batch = upload(page, rows)
    response = page.post(reverse("import-columns", args=[batch.pk]), as_understood(page, batch))
    assert response.status_code == 302, response.content.decode()
    batch.refresh_from_db()
    return batch


def test_only_the_ledgers_a_person_may_import_are_offered_each_with_a_blank_one(page):
    response = page.get(reverse("import-add"))
    offered = {ledger.key for ledger in response.context["ledgers"]}
    assert offered == {
        *("applications", "enterprises", "filings", "firm_documents", "firm_facts", "payment_receipts"),
        *("policies", "policy_tellings"),
    }
    template = page.get(reverse("import-template", args=["enterprises"]))
    cells = load_workbook(BytesIO(template.content)).get_sheet_by_index(0).to_python()
    assert "企业名称" in cells[0]
    assert page.get(reverse("import-template", args=["leads"])).status_code == 403


def test_a_ledger_goes_in_step_by_step(page, zone, officer):
    batch = upload(page, GOOD)
    assert (batch.scope, batch.created_by) == (zone.pk, officer)
    columns = page.get(reverse("import-detail", args=[batch.pk]), follow=True)
    assert columns.redirect_chain[-1][0] == reverse("import-columns", args=[batch.pk])
    assert "平江示例一号科技有限公司" in columns.content.decode()

    batch = tried(page, GOOD)
    shown = page.get(reverse("import-try", args=[batch.pk]))
    assert [(key, count) for key, _label, count in shown.context["tabs"]] == [
        ("refused", 0),
        ("new", 2),
        ("changed", 0),
        ("same", 0),
        ("all", 2),
    ]
    assert not Enterprise.objects.exists()

    confirmed = page.post(reverse("import-try", args=[batch.pk]))
    assert confirmed.url == reverse("import-result", args=[batch.pk])
    waiting = page.get(confirmed.url)
    assert 'http-equiv="refresh"' in waiting.content.decode()
    assert 'hx-trigger="every 1s"' in waiting.content.decode()

    jobs.run(Job.objects.get(kind=importing.KIND).pk)
    result = page.get(confirmed.url)
    assert result.context["written"] == 2
    assert reverse("enterprise-list") in result.content.decode()
    assert Enterprise.objects.filter(zone=zone).count() == 2


def test_the_rows_of_a_trial_are_counted_filtered_and_paged_with_the_wrong_ones_first(page):
    good = [[f"平江示例第{n}号有限公司", "", "在营", 5, ""] for n in range(1, 251)]
    batch = tried(page, [*GOOD[:1], *good[:240], BAD, *good[240:], BAD])
    address = reverse("import-try", args=[batch.pk])
    first = page.get(address)
    assert [(key, count) for key, _label, count in first.context["tabs"]] == [
        ("refused", 2),
        ("new", 250),
        ("changed", 0),
        ("same", 0),
        ("all", 252),
    ]
    assert (first.context["state"], len(first.context["rows"])) == ("refused", 2)
    every = page.get(address, {"rows": "all"}).context["rows"]
    assert [row.state for row in every[:3]] == ["refused", "refused", "new"]
    assert len(every) == 100
    middle = page.get(address, {"rows": "new", "page": 2})
    assert [row.number for row in middle.context["rows"]] == list(range(102, 202))
    text = middle.content.decode()
    assert "第 101—200 行，共 250 行" in text
    assert 'rel="prev"' in text
    assert 'rel="next"' in text
    last = page.get(address, {"rows": "new", "page": 999})
    assert [row.number for row in last.context["rows"]][-1] == 252
    assert 'rel="next"' not in last.content.decode()
    assert "没有列出" not in last.content.decode()
    assert len(page.get(address, {"rows": "new", "page": "甲"}).context["rows"]) == 100


def test_a_row_that_is_taken_with_a_warning_shows_it_before_the_others(page):
    batch = tried(page, [*GOOD, BAD])
    (told,) = batch.preview["refused"]
    batch.preview = {"new": [*batch.preview["new"], told]}
    rows = tried_rows(batch).rows
    assert [row.number for row in rows] == [4, 2, 3]
    assert rows[0].problems


def test_telephone_numbers_are_masked_in_what_a_trial_keeps_and_shows(page):
    rows = [
        ["企业名称", "注册资本(万元)", "联系人", "联系电话"],
        ["平江示例一号科技有限公司", 500, "张三", "13900005678"],
        ["平江示例二号贸易有限公司", 20, "李四", "0512-65007788"],
        ["平江示例三号制造有限公司", 20, "王五", "137000011"],
    ]
    batch = tried(page, rows)
    assert (batch.counts["new"], batch.counts["refused"]) == (2, 1)
    kept = str(batch.preview)
    assert "139****5678" in kept
    shown = "".join(
        page.get(reverse("import-try", args=[batch.pk]), {"rows": state}).content.decode()
        for state in ("new", "refused")
    )
    assert "139****5678" in shown
    for number in ("13900005678", "65007788", "137000011"):
        assert number not in kept
        assert number not in shown
    cells = load_workbook(attachment_path(batch.outcome)).get_sheet_by_index(0).to_python()
    assert any("137000011" in str(cell) for row in cells for cell in row)  # the person's own file says it


def test_the_bar_alone_is_answered_to_scripts_and_leads_on_when_the_job_is_over(page):
    batch = tried(page, GOOD)
    page.post(reverse("import-try", args=[batch.pk]))
    job = Job.objects.get(kind=importing.KIND)
    places = [reverse("import-result", args=[batch.pk]), reverse("job-detail", args=[job.pk])]
    for place in places:
        bar = page.get(place, headers={"HX-Request": "true"})
        assert 'id="job"' in bar.content.decode()
        assert "<html" not in bar.content.decode()
        assert "HX-Redirect" not in bar.headers
    jobs.run(job.pk)
    for place in places:
        over = page.get(place, headers={"HX-Request": "true"})
        assert (over.headers["HX-Redirect"], over.content) == (place, b"")
    assert reverse("import-detail", args=[batch.pk]) in page.get(places[1]).content.decode()


def test_the_same_file_again_shows_that_nothing_would_change(page):
    for expected in ("new", "same"):
        batch = tried(page, GOOD)
        assert batch.counts[expected] == 2
        page.post(reverse("import-try", args=[batch.pk]))
        jobs.run(Job.objects.latest("pk").pk)
    assert Enterprise.objects.count() == 2


def test_a_changed_row_shows_old_and_new(page):
    batch = tried(page, GOOD)
    page.post(reverse("import-try", args=[batch.pk]))
    jobs.run(Job.objects.latest("pk").pk)
    changed = tried(page, [HEADER, ["平江示例一号科技有限公司", "", "停业", 500, "2020-05-01"]])
    text = page.get(reverse("import-try", args=[changed.pk]), {"rows": "changed"}).content.decode()
    assert "<del>在营</del> → <ins>停业</ins>" in text


def test_refused_rows_are_explained_and_come_back_in_the_persons_file(page):
    batch = tried(page, [*GOOD, BAD])
    text = page.get(reverse("import-try", args=[batch.pk])).content.decode()
    assert "第 4 行统一社会信用代码校验位应为 6，现为 1。" in text
    back = page.get(reverse("import-annotated", args=[batch.pk]))
    cells = load_workbook(BytesIO(b"".join(back.streaming_content))).get_sheet_by_index(0).to_python()
    assert cells[0][-2:] == ["筑巢：问题", "筑巢：应为"]
    assert cells[3][-2].startswith("第 4 行统一社会信用代码")
    assert back.headers["Content-Disposition"].startswith("attachment")

    refused = page.post(reverse("import-try", args=[batch.pk]))
    assert refused.status_code == 409
    assert "整个文件都没有导入" in refused.content.decode()
    assert not Job.objects.exists()
    page.post(reverse("import-try", args=[batch.pk]), {"skip_refused": "on"})
    jobs.run(Job.objects.get().pk)
    assert Enterprise.objects.count() == 2


def test_a_column_can_be_given_another_field_and_another_unit(page):
    batch = upload(page, [["单位", "备注名", "注册资本(万元)"], ["甲", "平江示例一号科技有限公司", 5]])
    form = as_understood(page, batch)
    form |= {"field-0": "", "field-1": "name", "unit-2": "亿元"}
    page.post(reverse("import-columns", args=[batch.pk]), form)
    batch.refresh_from_db()
    assert batch.mapping["fields"]["1"] == "name"
    assert batch.mapping["units"] == {"2": "亿元"}
    # Sent once more as it is now shown, the unit that was chosen stays.
    page.post(reverse("import-columns", args=[batch.pk]), as_understood(page, batch))
    batch.refresh_from_db()
    assert batch.mapping["units"] == {"2": "亿元"}


def test_a_missing_required_column_is_said_on_the_form_and_nothing_chosen_is_lost(page):
    batch = upload(page, GOOD)
    form = as_understood(page, batch) | {"field-0": ""}
    response = page.post(reverse("import-columns", args=[batch.pk]), form)
    assert response.status_code == 422
    assert "缺少必填列：企业名称" in response.content.decode()


def test_another_sheet_can_be_chosen(page):
    def more(book, _sheet):
        other = book.add_worksheet("二月")
        for column, text in enumerate(HEADER):
            other.write(0, column, text)
        other.write(1, 0, "平江示例九号科技有限公司")

    file = SimpleUploadedFile("两张表.xlsx", make_xlsx(GOOD, sheet="一月", more=more).getvalue(), XLSX)
    page.post(reverse("import-upload", args=["enterprises"]), {"file": file})
    batch = ImportBatch.objects.get()
    assert batch.sheet == "一月"
    page.post(reverse("import-sheet", args=[batch.pk]), {"sheet": "二月"})
    batch.refresh_from_db()
    assert (batch.sheet, batch.counts["rows"]) == ("二月", 1)
    page.post(reverse("import-sheet", args=[batch.pk]), {"sheet": "没有"})
    batch.refresh_from_db()
    assert batch.sheet == "二月"


STRANGE = [
    ["甲方", "规模", "其他"],
    ["平江示例一号科技有限公司", 500, "x"],
    ["平江示例二号贸易有限公司", 20, "y"],
]


def test_a_person_names_the_columns_of_a_file_whose_header_is_not_known(page, zone):
    batch = upload(page, STRANGE)
    url = reverse("import-columns", args=[batch.pk])
    shown = page.get(url)
    text = shown.content.decode()
    assert "暂把第 1 行当作表头：甲方 规模 其他" in text
    assert [one["column"].header for one in shown.context["columns"]] == ["甲方", "规模", "其他"]
    unnamed = page.post(url, as_understood(page, batch))
    assert unnamed.status_code == 422
    assert "缺少必填列：企业名称" in unnamed.content.decode()

    named = as_understood(page, batch) | {"field-0": "name", "field-1": "registered_capital_cny"}
    assert page.post(url, named).status_code == 302
    page.post(reverse("import-try", args=[batch.pk]))
    jobs.run(Job.objects.get(kind=importing.KIND).pk)
    assert set(Enterprise.objects.filter(zone=zone).values_list("name", "registered_capital_cny")) == {
        ("平江示例一号科技有限公司", 5_000_000),
        ("平江示例二号贸易有限公司", 200_000),
    }
    again = upload(page, STRANGE)  # the next file of this shape is understood as this one was
    assert as_understood(page, again)["field-0"] == "name"


def test_the_sheet_with_a_known_header_goes_before_others_whose_columns_can_be_named(page):
    def more(book, _sheet):
        other = book.add_worksheet("已知")
        for number, cells in enumerate(GOOD):
            for column, cell in enumerate(cells):
                other.write(number, column, cell)

    file = SimpleUploadedFile("两张表.xlsx", make_xlsx(STRANGE, sheet="别的", more=more).getvalue(), XLSX)
    page.post(reverse("import-upload", args=["enterprises"]), {"file": file})
    batch = ImportBatch.objects.get()
    assert batch.sheet == "已知"
    page.post(reverse("import-sheet", args=[batch.pk]), {"sheet": "别的"})
    shown = page.get(reverse("import-columns", args=[batch.pk])).content.decode()
    assert "暂把第 1 行当作表头" in shown


def test_two_sheets_without_a_known_header_offer_the_one_with_more_rows(page):
    def more(book, _sheet):
        other = book.add_worksheet("空表")
        other.write_row(0, 0, ["说明", "口径"])

    file = SimpleUploadedFile("两张表.xlsx", make_xlsx(STRANGE, sheet="别的", more=more).getvalue(), XLSX)
    page.post(reverse("import-upload", args=["enterprises"]), {"file": file})
    assert ImportBatch.objects.get().sheet == "别的"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"%PDF-1.4 x", 422, "不是 Excel 或 CSV 表格"),
        (b"", 422, "是空的"),
        (b"1,2\n3,4\n", 422, "没有找到表头"),
    ],
)
def test_a_file_that_cannot_be_taken_is_said_on_the_form(page, content, status, words):
    file = SimpleUploadedFile("企业台账.xlsx", content, XLSX)
    response = page.post(reverse("import-upload", args=["enterprises"]), {"file": file})
    assert response.status_code == status
    assert words in response.content.decode()
    assert not ImportBatch.objects.exists()


class Unread(BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def test_two_hundred_megabytes_are_refused_by_the_announced_size_before_the_body_is_read(page, officer):
    strict = signed_in(Client(enforce_csrf_checks=True), officer)
    response = strict.generic(
        "POST",
        reverse("import-upload", args=["enterprises"]),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
        **{"wsgi.input": Unread()},
    )
    assert response.status_code == 413
    assert "超过 50 MB" in response.content.decode()


def test_an_upload_without_the_token_of_the_form_is_refused(officer):
    strict = signed_in(Client(enforce_csrf_checks=True), officer)
    response = strict.post(reverse("import-upload", args=["enterprises"]), {"file": file_of(GOOD)})
    assert response.status_code == 403
    assert not Attachment.objects.exists()


def test_a_long_file_is_tried_as_a_job_with_its_bar(page, monkeypatch):
    monkeypatch.setattr(importing.batches, "TRIED_AT_ONCE", 1)
    batch = upload(page, GOOD)
    response = page.post(reverse("import-columns", args=[batch.pk]), as_understood(page, batch))
    waiting = page.get(response.url)
    assert 'id="job"' in waiting.content.decode()
    assert page.get(reverse("import-detail", args=[batch.pk])).url == response.url
    jobs.run(Job.objects.get().pk)
    assert page.get(response.url, headers={"HX-Request": "true"}).headers["HX-Redirect"] == response.url
    assert page.get(response.url).context["due"] == 2


def test_an_import_can_be_cancelled_while_it_waits(page):
    batch = tried(page, GOOD)
    page.post(reverse("import-try", args=[batch.pk]))
    page.post(reverse("import-cancel", args=[batch.pk]))
    assert Job.objects.get().state == Job.State.CANCELLED
    text = page.get(reverse("import-result", args=[batch.pk])).content.decode()
    assert "已取消，没有写入任何内容。" in text
    again = page.get(reverse("import-try", args=[batch.pk]))
    assert again.status_code == 302


def test_past_imports_are_listed_at_the_same_cost_for_one_and_for_many(page):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page.get(reverse("import-list"))
        return len(captured)

    tried(page, GOOD)
    page.get(reverse("import-list"))
    one = cost()
    for _ in range(4):
        tried(page, GOOD)
    assert cost() == one
    assert page.get(reverse("import-list")).content.decode().count("企业台账.xlsx") >= 5


@pytest.mark.parametrize(
    "name",
    ["import-detail", "import-columns", "import-try", "import-result", "import-file", "import-annotated"],
)
def test_nobody_from_another_zone_opens_a_file_on_its_way_in(page, client, name):
    batch = tried(page, [*GOOD, BAD])
    stranger = signed_in(Client(), make_user(Role.ADMINISTRATOR))
    assert stranger.get(reverse(name, args=[batch.pk])).status_code == 404
    assert stranger.post(reverse("import-cancel", args=[batch.pk])).status_code == 404


def test_a_person_who_may_not_import_this_kind_does_not_see_its_files(page, zone):
    batch = tried(page, GOOD)
    clerk = signed_in(Client(), make_user(Role.WINDOW_CLERK, zone=zone))
    assert clerk.get(reverse("import-detail", args=[batch.pk])).status_code == 404
    assert "企业台账.xlsx" not in clerk.get(reverse("import-list")).content.decode()
    assert clerk.get(reverse("import-upload", args=["enterprises"])).status_code == 403


def test_a_job_is_seen_and_cancelled_by_who_started_it_only(page, zone):
    batch = tried(page, GOOD)
    page.post(reverse("import-try", args=[batch.pk]))
    job = Job.objects.get()
    other = signed_in(Client(), make_user(Role.ADMINISTRATOR, zone=zone))
    assert other.get(reverse("job-detail", args=[job.pk])).status_code == 404
    assert other.post(reverse("job-cancel", args=[job.pk])).status_code == 404
    page.post(reverse("job-cancel", args=[job.pk]))
    assert Job.objects.get().state == Job.State.CANCELLED


def test_every_ledger_has_a_list_where_its_rows_are_found_and_a_blank_file_that_it_understands():
    assert {ledger.key for ledger in all_ledgers()} <= set(LISTS)
    for name in {*LISTS.values()}:
        assert reverse(name)
    for name in {*RECORDS.values()}:
        assert reverse(name, args=[1])
    for ledger in all_ledgers():
        cells = load_workbook(BytesIO(importing.template_workbook(ledger))).get_sheet_by_index(0).to_python()
        assert len(cells[0]) >= len(ledger.fields)
