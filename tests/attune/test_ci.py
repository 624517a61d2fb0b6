"""CI files: syntax, permissions, installed packages, and that there is only one comment."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.imports import ROOT, reached

GITHUB = yaml.safe_load((ROOT / ".github" / "workflows" / "verdict.yml").read_text())
GITLAB = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
MARKER = "<!-- attune -->"
# Lists the existing comments on request, and records all other calls.
GH = """#!/usr/bin/env python
import json, os, pathlib, sys
here = pathlib.Path(os.environ["CALLS"])
arguments = sys.argv[1:]
if "--jq" in arguments:
    found = [c for c in json.loads((here / "comments.json").read_text())
             if c["user"]["type"] == "Bot" and c["body"].startswith("<!-- attune -->")]
    print(*(c["id"] for c in found), sep="\\n")
else:
    body = [a for a in arguments if a.startswith("body=@")][0]
    method = arguments[arguments.index("--method") + 1]
    text = pathlib.Path(body.removeprefix("body=@")).read_text()
    where = [a for a in arguments if a.startswith("repos/")][0]
    (here / "done.json").write_text(json.dumps([method, where, text]))
"""
CURL = """#!/usr/bin/env python
import json, os, pathlib, sys
here = pathlib.Path(os.environ["CALLS"])
arguments = sys.argv[1:]
header = arguments[arguments.index("--header") + 1].removeprefix("@")
assert pathlib.Path(header).read_text() == "PRIVATE-TOKEN: secret\\n" and "secret" not in arguments
assert "--fail" in arguments
url = arguments[-1]
if url.endswith("/user"):
    print('{"id": 7}')
elif "--request" not in arguments:
    print((here / "comments.json").read_text())
else:
    body = arguments[arguments.index("--data-urlencode") + 1].removeprefix("body@")
    method = arguments[arguments.index("--request") + 1]
    (here / "done.json").write_text(json.dumps([method, url, pathlib.Path(body).read_text()]))
"""


def post(place: Path, script: str, fake: str, comments: list[dict[str, Any]]) -> list[str]:
    """Run `.ci/<script>` with a stand-in for the host. Returns: method, address, text posted."""
    tools = place / "tools"
    tools.mkdir()
    name = "gh" if fake is GH else "curl"
    (tools / name).write_text(fake.replace("/usr/bin/env python", sys.executable))
    (tools / name).chmod(0o755)
    (place / "comments.json").write_text(json.dumps(comments))
    (place / "comment.md").write_text(f"{MARKER}\n### A verdict\n")
    done = subprocess.run(
        [ROOT / ".ci" / script, place / "comment.md"],
        env={
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CALLS": str(place),
            "GITHUB_REPOSITORY": "us/attune",
            "PULL_REQUEST": "12",
            "CI_API_V4_URL": "host/api/v4",
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "12",
            "ATTUNE_TOKEN": "secret",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    calls: list[str] = json.loads((place / "done.json").read_text())
    return calls


OTHERS = [
    {"id": 1, "body": "Well done", "user": {"type": "User"}, "author": {"id": 1}},
    # A person's comment with the marker must not be overwritten.
    {"id": 2, "body": f"{MARKER} mine", "user": {"type": "User"}, "author": {"id": 1}},
]
OURS = [
    {"id": 5, "body": f"{MARKER}\nold", "user": {"type": "Bot"}, "author": {"id": 7}},
    {"id": 6, "body": f"{MARKER}\nold", "user": {"type": "Bot"}, "author": {"id": 7}},
]
TEXT = f"{MARKER}\n### A verdict\n"


@pytest.mark.parametrize(
    ("comments", "done"),
    [
        (OTHERS, ["POST", "repos/us/attune/issues/12/comments", TEXT]),
        (OTHERS + OURS, ["PATCH", "repos/us/attune/issues/comments/5", TEXT]),
    ],
)
def test_one_comment_on_github(
    tmp_path: Path, comments: list[dict[str, Any]], done: list[str]
) -> None:
    assert post(tmp_path, "comment-github", GH, comments) == done


@pytest.mark.parametrize(
    ("comments", "done"),
    [
        (OTHERS, ["POST", "host/api/v4/projects/3/merge_requests/12/notes", TEXT]),
        (OTHERS + OURS, ["PUT", "host/api/v4/projects/3/merge_requests/12/notes/5", TEXT]),
    ],
)
def test_one_note_on_gitlab(
    tmp_path: Path, comments: list[dict[str, Any]], done: list[str]
) -> None:
    assert post(tmp_path, "comment-gitlab", CURL, comments) == done


@pytest.mark.parametrize("script", ["comment-github", "comment-gitlab"])
def test_an_empty_comment_is_not_posted(tmp_path: Path, script: str) -> None:
    (tmp_path / "comment.md").touch()
    done = subprocess.run(
        [ROOT / ".ci" / script, tmp_path / "comment.md"], capture_output=True, text=True
    )
    assert done.returncode == 1 and "is empty" in done.stderr


def test_gitlab_without_a_token_is_reported(tmp_path: Path) -> None:
    (tmp_path / "comment.md").write_text(TEXT)
    done = subprocess.run(
        [ROOT / ".ci" / "comment-gitlab", tmp_path / "comment.md"],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and "no ATTUNE_TOKEN" in done.stderr


def test_the_filter_that_gh_is_given() -> None:
    """The stand-in above does not run it."""
    script = (ROOT / ".ci" / "comment-github").read_text()
    assert 'select(.user.type == "Bot" and (.body | startswith("<!-- attune -->"))) | .id' in script


def test_github_may_do_no_more_than_it_needs() -> None:
    # YAML 1.1 reads the key `on` as true.
    assert GITHUB[True] == "pull_request"
    assert GITHUB["permissions"] == {"contents": "read", "pull-requests": "write"}
    (job,) = GITHUB["jobs"].values()
    assert "permissions" not in job
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [name.split("@")[0] for name in used] == ["actions/checkout", "actions/setup-python"]
    assert all(re.fullmatch(r"[^@]+@[0-9a-f]{40}", name) for name in used)
    checkout = job["steps"][0]["with"]
    assert checkout["fetch-depth"] == 0 and checkout["persist-credentials"] is False
    # Only the posting step has the token; no command contains text that a user can choose.
    assert [step["env"] for step in job["steps"] if "GH_TOKEN" in step.get("env", {})] == [
        job["steps"][-1]["env"]
    ]
    assert not [step for step in job["steps"] if "${{" in step.get("run", "")]


def test_gitlab_runs_on_merge_requests_with_the_full_history() -> None:
    (job,) = GITLAB.values()
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
    assert job["variables"]["GIT_DEPTH"] == "0"


def test_both_run_the_same_script() -> None:
    github = " ".join(step.get("run", "") for step in GITHUB["jobs"]["verdict"]["steps"])
    for script in (github, " ".join(GITLAB["verdict"]["script"])):
        assert "locked/install python comment" in script
        assert "python -m attune pr-comment " in script


def test_ci_installs_what_the_comment_imports() -> None:
    lines = (ROOT / ".ci" / "requirements.txt").read_text().splitlines()
    installed = {line for line in lines if not line.startswith(("#", "-"))}
    names = {"typer"}
    for path in reached("attune.pr_comment"):
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    others = names - set(sys.stdlib_module_names) - {"attune", "stages"}
    assert {{"yaml": "pyyaml"}.get(name, name) for name in others} == installed
