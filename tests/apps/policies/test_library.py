"""国家政策库 as page, API, command: the same taking behind them, and a policy as a file."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.apps.policies.test_adoption import FILE, with_next
from tests.factories import make_user, signed_in
from zhuchao.apps.policies import services
from zhuchao.apps.policies.models import Policy, PolicyVersion
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.zones.models import Role
from zhuchao.engines.rules.files import read_policy

pytestmark = pytest.mark.django_db
API = "/api/v1"


def upload(page, text=FILE, name="示例包"):
    return page.post(
        "/policies/library/upload/",
        {"name": name, "sent": [SimpleUploadedFile("demo-rd.yaml", text.encode())]},
    )


def test_the_library_lists_the_national_policies_and_takes_one_by_a_click(page):
    shown = page.get("/policies/library/").content.decode()
    assert "高新技术企业认定" in shown
    assert "引入全部" in shown
    item = page.get("/policies/library/item/cn-hnte/").content.decode()
    assert "近三年研发费用占同期销售收入比例" in item
    assert "第十一条" in item
    taken = page.post("/policies/library/adopt/", {"rows": "cn-hnte"})
    policy = Policy.objects.get()
    assert taken["Location"] == f"/policies/{policy.pk}/"
    assert "已引入 1 项" in page.get(taken["Location"]).content.decode()
    assert "草稿待发布" in page.get("/policies/library/?state=draft").content.decode()


def test_several_are_taken_with_one_form_and_nothing_without_a_tick(page):
    page.post("/policies/library/adopt/", {"rows": ["cn-hnte", "cn-small-low-profit"]})
    assert Policy.objects.count() == 2
    assert "请先勾选" in page.post("/policies/library/adopt/", {}, follow=True).content.decode()
    page.post("/policies/library/adopt/", {"all": "1"})
    assert Policy.objects.count() >= 20
    again = page.post("/policies/library/adopt/", {"all": "1"}, follow=True).content.decode()
    assert "没有可引入的新内容" in again


def test_a_newer_version_is_shown_line_by_line_beside_the_old_one(page, second):
    assert upload(page).status_code == 302
    page.post("/policies/library/adopt/", {"pack": "示例包", "rows": "demo-rd"})
    services.publish_version(actor=second, draft=PolicyVersion.objects.get())
    upload(page, FILE.replace("100 万元", "120 万元").replace("100万元", "120万元"))
    assert "有新版本" in page.get("/policies/library/?pack=示例包").content.decode()
    shown = page.get("/policies/library/item/demo-rd/?pack=示例包").content.decode()
    assert "<del>− 第二条 研发费用 100 万元以上</del>" in shown
    assert "<ins>+ 第二条 研发费用 120 万元以上</ins>" in shown


def test_a_pack_with_a_fault_is_told_on_the_form_and_nothing_is_kept(page):
    answer = upload(page, FILE.replace("title:", "titel:"))
    assert answer.status_code == 422
    assert "demo-rd.yaml" in answer.content.decode()
    assert page.get("/policies/library/?pack=示例包").status_code == 404


def test_who_may_only_read_policies_is_offered_nothing_to_take(client, zone):
    reader = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    shown = reader.get("/policies/library/").content.decode()
    assert "引入全部" not in shown
    assert 'name="rows"' not in shown
    assert reader.post("/policies/library/adopt/", {"rows": "cn-hnte"}).status_code == 403
    assert reader.get("/policies/library/upload/").status_code == 403


def test_the_api_lists_takes_and_gives_the_file(page, zone, second):
    listed = page.get(f"{API}/policies/library?zone={zone.code}").json()
    one = next(row for row in listed if row["key"] == "cn-hnte")
    assert (one["state"], one["policy_id"], one["is_confirmed"]) == ("new", None, True)
    body = {"zone": zone.code, "keys": ["cn-hnte"], "dry_run": True}
    asked = page.post(f"{API}/policies/library/adopt", body, content_type="application/json").json()
    assert [row["action"] for row in asked] == ["add"]
    assert not Policy.objects.exists()
    done = page.post(
        f"{API}/policies/library/adopt", body | {"dry_run": False}, content_type="application/json"
    )
    policy_id = done.json()[0]["policy_id"]
    services.publish_version(actor=second, draft=PolicyVersion.objects.get())
    answer = page.get(f"{API}/policies/{policy_id}/file")
    assert read_policy(answer.content.decode(), vocabulary()).id == "cn-hnte"
    download = page.get(f"/policies/{policy_id}/file/")
    assert download["Content-Disposition"] == 'attachment; filename="cn-hnte.yaml"'
    assert download.content == answer.content


def test_a_policy_without_rules_is_told_why_it_is_no_file(page, make_policy):
    policy = make_policy()
    assert page.get(f"/policies/{policy.pk}/file/").status_code == 409
    assert "导出数据文件" not in page.get(f"/policies/{policy.pk}/").content.decode()


def test_the_command_takes_a_folder_and_says_what_it_would(capsys, zone, tmp_path):
    (tmp_path / "demo-rd.yaml").write_text(FILE, "utf-8")
    asked = ["policies", "adopt", "--zone", zone.code, "--policies", str(tmp_path)]
    call_command(*asked, "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out)[0]["action"] == "add"
    assert not Policy.objects.exists()
    call_command(*asked)
    assert "demo-rd  引入" in capsys.readouterr().out
    call_command(*asked)
    assert "草稿待发布" in capsys.readouterr().out
    assert PolicyVersion.objects.count() == 1


def test_the_command_fails_where_one_could_not_be_taken(capsys, zone, tmp_path):
    (tmp_path / "demo-rd.yaml").write_text(FILE.replace("department: 科技局（示例）\n", ""), "utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("policies", "adopt", "--zone", zone.code, "--policies", str(tmp_path))
    assert caught.value.returncode == 1
    assert "主管部门" in capsys.readouterr().out


def test_the_command_takes_only_what_is_named(capsys, zone):
    call_command("policies", "adopt", "cn-hnte", "--zone", zone.code)
    assert [policy.key for policy in Policy.objects.all()] == ["cn-hnte"]
    assert "1 项" in capsys.readouterr().err


def test_both_versions_of_a_file_are_listed_as_one_policy(page):
    upload(page, with_next())
    assert page.get("/policies/library/?pack=示例包").content.decode().count("研发奖励（示例）</a>") == 1
