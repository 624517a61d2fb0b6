"""The hub: one pinned commit of a model, fetched once, resumed after a break, checked whole."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import sha256
from stages.fetch_base.whisper_files import check_whisper, choose

# Queued and temporary DVC runs work in a copy; DVC_ROOT is the repository that outlives them.
STORE = Path(os.environ.get("DVC_ROOT", ".")) / ".state" / "hub"
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
SECONDS = 15
"""How long the hub may stay silent; huggingface_hub would wait for ever."""


def download(model: str, commit: str) -> Path:
    """The commit's files in `.state/hub`, fetched only as far as they are not there yet.

    Raises: UserError.
    """
    from huggingface_hub import errors, get_cached_repo_tree, model_info, snapshot_download

    def snapshot(names: Iterable[str], local: bool = False) -> Path:
        found = snapshot_download(
            model,
            revision=commit,
            cache_dir=STORE,
            allow_patterns=list(names),
            local_files_only=local,
            etag_timeout=SECONDS,
        )
        return Path(found)

    def listed() -> list[str]:
        files = get_cached_repo_tree(model, revision=commit, cache_dir=STORE)
        return [file.path for file in files]

    where = f"{model} at {commit[:8]}"
    try:
        names = choose(listed(), where)
        folder = snapshot(names, local=True)
    except (errors.CachedRepoTreeNotFoundError, errors.LocalEntryNotFoundError):
        _bound_waits()
        try:
            # Asked first, for it is the one call that neither waits nor tries again.
            model_info(model, revision=commit, timeout=SECONDS)
            # Before gigabytes of something else arrive.
            check_whisper(snapshot(["config.json"]) / "config.json", where)
            names = choose(listed(), where)
            for name in names:
                if name.endswith((".safetensors", ".bin")):
                    _fetch_large(model, commit, name)
            folder = snapshot(names)
        except UserError:
            raise
        except Exception as error:
            raise _hub_fault(error, model, commit) from None
    for name in names:
        _verify(folder / name)
    return folder


def _bound_waits() -> None:
    """Give each request of huggingface_hub a time limit, also those that it gives none."""
    import httpx2
    from huggingface_hub import set_client_factory

    def limit(request: httpx2.Request) -> None:
        limits = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            step: limits.get(step) or SECONDS for step in ("connect", "read", "write", "pool")
        }

    hooks = {"request": [limit]}
    set_client_factory(lambda: httpx2.Client(follow_redirects=True, event_hooks=hooks))


def _fetch_large(model: str, commit: str, name: str) -> None:
    """Fetch a file of the weights to where the hub's cache will look for it.

    huggingface_hub throws away what it has of a file when the connection breaks; this goes on where
    the last run stopped.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    url = hf_hub_url(model, name, revision=commit)
    known = get_hf_file_metadata(url, timeout=SECONDS)
    if known.etag is None or not SHA256.fullmatch(known.etag):
        return
    blob = STORE / f"models--{model.replace('/', '--')}" / "blobs" / known.etag
    if blob.exists():
        return
    # The token is the hub's alone, not for the storage that it sends us on to.
    headers = build_hf_headers() if known.location == url else {}
    part = blob.with_name(f"{blob.name}.part")
    with part.open("ab") as content:
        http_get(
            known.location,
            content,
            resume_size=content.tell(),
            headers=headers,
            expected_size=known.size,
        )
    part.rename(blob)


def _verify(path: Path) -> None:
    """Compare a file of the hub's cache with the hash that it is kept under there.

    Large files are kept under their SHA-256, small ones under their git hash. Raises: UserError when
    the content is another; it is then deleted.
    """
    blob = path.resolve()
    if SHA256.fullmatch(blob.name):
        true = sha256(blob)
    elif COMMIT.fullmatch(blob.name):
        content = blob.read_bytes()
        head = b"blob %d\0" % len(content)
        true = hashlib.sha1(head + content, usedforsecurity=False).hexdigest()
    else:
        return
    if true != blob.name:
        blob.unlink()
        path.unlink()
        raise UserError(f"{path.name} arrived damaged and was deleted; run the stage again")


def _hub_fault(error: Exception, model: str, commit: str) -> Exception:
    """What to tell for an error of the hub's library; the error itself if it is none of those."""
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
            f"no connection to the hub to fetch {model}; check the network and the proxy"
        )
    if isinstance(error, httpx2.HTTPError) or "Consistency check" in str(error):
        return UserError(
            f"the connection broke while fetching {model}; run again, it goes on from here"
        )
    if isinstance(error, ValueError):
        return UserError("what answers is not the hub, perhaps a network's log-in page; check it")
    return error
