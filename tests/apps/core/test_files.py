"""Files are kept by content, told by content, and given back without harm."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from tests.apps.core.conftest import make_xlsx
from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import FileEmpty, FileLost, FileTooLarge, FileTypeRefused
from zhuchao.apps.core.models import Attachment, Change, StoredFile
from zhuchao.apps.core.selectors.files import attachment_path, open_attachment
from zhuchao.apps.core.services.files import clean_name, keep_file
from zhuchao.web.attachments import attachment_response

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def keep(content: bytes, name: str = "照片.png", purpose: str = "evidence") -> Attachment:
    return keep_file(
        content=BytesIO(content), name=name, scope=make_zone().pk, actor=make_user(), purpose=purpose
    )


def incoming() -> list[Path]:
    return list(Path(settings.FILES).glob("incoming-*"))


def test_the_same_bytes_are_kept_once_under_their_hash():
    first, second = keep(PNG, "甲.png"), keep(PNG, "乙.png")
    assert first.file_id == second.file_id
    assert StoredFile.objects.filter(sha256=first.file_id).count() == 1
    assert attachment_path(first).relative_to(settings.FILES).parts == (
        first.file_id[:2],
        first.file_id[2:4],
        first.file_id,
    )
    assert open_attachment(second).read() == PNG


def test_keeping_a_file_is_recorded_with_its_hash_and_its_giver():
    attachment = keep(PNG)
    change = Change.objects.get(scope=attachment.scope)
    assert (change.verb, change.data["sha256"], change.actor_id) == (
        "keep_file",
        attachment.file_id,
        attachment.given_by_id,
    )


def test_a_file_over_the_limit_is_refused_while_it_is_read_and_nothing_is_left(settings):
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024

    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            self.taken += 1
            return b"x" * (1 << 20)

    endless = Endless()
    with pytest.raises(FileTooLarge):
        keep_file(content=endless, name="大.csv", scope=1, actor=None, purpose="ledger")
    assert endless.taken == 2
    assert not incoming()
    assert not StoredFile.objects.exists()


def test_an_empty_file_is_refused():
    with pytest.raises(FileEmpty):
        keep(b"")


@pytest.mark.parametrize(
    "content", [HTML, SVG, b"  \n<html>", b"\xef\xbb\xbf" + HTML, b"MZ\x90\x00\x03\x00\x00\x00"]
)
@pytest.mark.parametrize("name", ["照片.png", "说明.pdf", "表.csv"])
def test_active_content_is_refused_whatever_its_name_says(content, name):
    with pytest.raises(FileTypeRefused) as caught:
        keep(content, name)
    assert caught.value.code == "file_type_refused"
    assert not incoming()
    assert not Attachment.objects.exists()


def test_the_type_is_told_by_the_content_and_the_name_gets_a_fitting_ending():
    assert keep(PNG, "证照.pdf").name == "证照.pdf.png"
    assert keep(PNG, "证照.pdf").file.media_type == "image/png"
    assert keep(b"rem harmless text", "开机.bat").name == "开机.bat.txt"
    xlsx = keep(make_xlsx([["名称"]]).getvalue(), "台账.xls", purpose="ledger")
    assert xlsx.name == "台账.xls.xlsx"


def test_a_plain_zip_is_evidence_but_no_ledger():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "文字")
    assert keep(file.getvalue(), "材料.zip").file.media_type == "application/zip"
    with pytest.raises(FileTypeRefused):
        keep(file.getvalue(), "台账.xlsx", purpose="ledger")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\台账\\..\\6月 企业.xlsx", "6月 企业.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("名\u202e gpj.exe", "名 gpj.exe"),
        ("a\x00b\r\nc.csv", "abc.csv"),
        ("...", "未命名"),
        ("", "未命名"),
        ('问:号?"<>.csv', "问_号____.csv"),
        ("长" * 300 + ".xlsx", "长" * 115 + ".xlsx"),
    ],
)
def test_a_name_is_cleaned(given, kept):
    assert clean_name(given) == kept


def test_pictures_are_shown_in_place_and_everything_else_is_saved():
    shown = attachment_response(keep(PNG))
    assert shown["Content-Disposition"].startswith("inline; filename*=utf-8''%E7%85%A7")
    saved = attachment_response(keep("甲,乙".encode(), "表.csv"))
    assert saved["Content-Disposition"].startswith("attachment;")
    for response in (shown, saved):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
    assert attachment_response(keep(PNG), download=True)["Content-Disposition"].startswith("attachment;")


def test_bytes_that_are_gone_or_cut_short_are_said_to_be_lost():
    attachment = keep(b"whole content of a note", "便条.txt")
    path = attachment_path(attachment)
    path.write_bytes(b"whole")
    with pytest.raises(FileLost):
        open_attachment(attachment)
    path.unlink()
    with pytest.raises(FileLost):
        open_attachment(attachment)


def test_a_damaged_copy_on_disk_is_replaced_when_the_same_bytes_come_again():
    attachment = keep(b"content of a note that was damaged", "便条.txt")
    attachment_path(attachment).write_bytes(b"con")
    keep(b"content of a note that was damaged", "便条.txt")
    assert open_attachment(attachment).read() == b"content of a note that was damaged"
