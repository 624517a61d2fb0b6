"""Download of one pinned commit from the hub: once, resumable, with every file verified."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.files import sha256
from stages.common.core.params import Base
from stages.fetch_base.whisper_files import check_whisper, choose_files, is_converted

STORE = Path(os.environ.get("DVC_ROOT", ".")) / ".state" / "hub"
"""Queued and temporary DVC runs work in a copy; DVC_ROOT is the repository that outlives them."""
COMMIT = re.compile(r"[0-9a-f]{40}")
HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")
TIMEOUT = 15
"""Seconds without an answer of the hub; huggingface_hub itself sets no limit to some requests."""


def check_id(base: Base) -> None:
    """Raises: UserError if the model is no hub id or the revision is no commit."""
    parent, name = Path(base.model).parent, Path(base.model).name
    if not HUB_ID.fullmatch(base.model):
        raise UserError(
            f"base.model: {base.model} is neither a folder nor a hub id such as owner/name"
        )
    # A typo in a path (`demo/bsae`) must not become a request to the hub.
    if parent.is_dir():
        raise UserError(f"base.model: the folder {parent} exists, but has no folder {name}")
    if not COMMIT.fullmatch(base.revision):
        raise UserError(
            f"base.revision: {base.revision} is not a commit of 40 hex digits; branches and tags"
            f" move, so pin a commit from the history of {base.model}"
        )


def download(model: str, commit: str) -> Path:
    """The folder of the commit's files in `.state/hub`, after a download of those that are missing.

    Raises: UserError if the hub does not deliver a complete Whisper, with the reason.
    """
    from huggingface_hub import errors, get_cached_repo_tree, model_info, snapshot_download

    stored: dict[str, Any] = {"revision": commit, "cache_dir": STORE}

    def snapshot(names: list[str], local: bool = False) -> Path:
        options = stored | {"local_files_only": local, "etag_timeout": TIMEOUT}
        return Path(snapshot_download(model, allow_patterns=names, **options))

    def present() -> list[str]:
        return [file.path for file in get_cached_repo_tree(model, **stored)]

    where = f"{model} at {commit[:8]}"
    try:
        names = choose_files(present(), where)
        folder = snapshot(names, local=True)
    except (errors.CachedRepoTreeNotFoundError, errors.LocalEntryNotFoundError):
        _bound_waits()
        try:
            # First, since it is the only call that neither waits nor retries.
            model_info(model, revision=commit, timeout=TIMEOUT)
            # Before a download of gigabytes of another kind of model.
            config = snapshot(["config.json"]) / "config.json"
            if not is_converted(present()):
                check_whisper(config, where)
            names = choose_files(present(), where)
            for name in names:
                if name.endswith((".safetensors", ".bin")):
                    _fetch_large(model, commit, name)
            folder = snapshot(names)
        except UserError:
            raise
        except Exception as error:
            raise _hub_error(error, model, commit) from None
    for name in names:
        _verify(folder / name)
    return folder


def _bound_waits() -> None:
    """Give each request of huggingface_hub a time limit, also those without one."""
    import httpx2
    from huggingface_hub import set_client_factory

    def limit(request: httpx2.Request) -> None:
        limits = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            step: limits.get(step) or TIMEOUT for step in ("connect", "read", "write", "pool")
        }

    hooks = {"request": [limit]}
    set_client_factory(lambda: httpx2.Client(follow_redirects=True, event_hooks=hooks))


def _fetch_large(model: str, commit: str, name: str) -> None:
    """Download a file of weights to its place in the hub's cache.

    When the connection breaks, huggingface_hub discards the part that it has; this resumes.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    url = hf_hub_url(model, name, revision=commit)
    metadata = get_hf_file_metadata(url, timeout=TIMEOUT)
    if metadata.etag is None or not SHA256.fullmatch(metadata.etag):
        return
    blob = STORE / f"models--{model.replace('/', '--')}" / "blobs" / metadata.etag
    if blob.exists():
        return
    # The token is for the hub alone, not for the storage to which it redirects.
    headers = build_hf_headers() if metadata.location == url else {}
    part = blob.with_name(f"{blob.name}.part")
    with part.open("ab") as content:
        at, size = content.tell(), metadata.size
        http_get(metadata.location, content, resume_size=at, headers=headers, expected_size=size)
    part.rename(blob)


def _verify(path: Path) -> None:
    """Compare a file in the hub's cache with the hash in its name there.

    The name is the SHA-256 of large files and the git hash of small ones.

    Raises: UserError if the content has another hash; the file is deleted first.
    """
    blob = path.resolve()
    if SHA256.fullmatch(blob.name):
        actual = sha256(blob)
    elif COMMIT.fullmatch(blob.name):
        content = blob.read_bytes()
        header = b"blob %d\0" % len(content)
        actual = hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
    else:
        return
    if actual != blob.name:
        blob.unlink()
        path.unlink()
        raise UserError(f"{path.name} arrived damaged and was deleted; run the stage again")


def _hub_error(error: Exception, model: str, commit: str) -> Exception:
    """The UserError for an error of huggingface_hub; any other error itself."""
    import httpx2
    from huggingface_hub import errors

    cause = error.__cause__ if isinstance(error, errors.LocalEntryNotFoundError) else None
    error = cause if isinstance(cause, Exception) else error
    status = error.response.status_code if isinstance(error, errors.HfHubHTTPError) else None
    token = "log in with `hf auth login` or set HF_TOKEN"
    if isinstance(error, errors.GatedRepoError):
        return UserError(f"{model} is gated: accept its terms on its page on the hub, then {token}")
    if isinstance(error, errors.RevisionNotFoundError):
        return UserError(f"base.revision: {model} has no commit {commit}")
    if isinstance(error, errors.RepositoryNotFoundError | errors.HFValidationError):
        return UserError(f"base.model: the hub has no {model}, or it is private: then {token}")
    if status in (401, 403):
        return UserError(f"the hub refuses {model} ({status}): {token}")
    if status is not None:
        return UserError(f"the hub answers {status} for {model}; try again later")
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
        return UserError(
            f"no connection to the hub to fetch {model}; check the network and the proxy, or take "
            "a base from a folder: `attune profile NAME --base FOLDER`"
        )
    if isinstance(error, httpx2.HTTPError) or "Consistency check" in str(error):
        return UserError(
            f"the connection broke while fetching {model}; run again to resume the download"
        )
    if isinstance(error, ValueError):
        return UserError("the answer is not from the hub; is there a log-in page in this network?")
    return error
