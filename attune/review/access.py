"""Access to the page: only a browser on this machine that has the secret in the address.

Other users of the machine and other pages in the browser can reach the port too. So the address
that `attune review` prints holds a secret, which becomes a cookie, and requests from other pages
or under other host names are refused.
"""

from __future__ import annotations

import hmac
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.loopback import is_loopback
from stages.common.core.ids import keyed_hash

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "media-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Access:
    def __init__(self, key: bytes, port: int) -> None:
        """key: the project's. The secret depends on it alone, so open pages survive a restart."""
        self.secret = keyed_hash(key, "review page", "secret")[:32]
        self._cookie = f"attune-review-{port}"

    def refusal(self, request: Request) -> Response | None:
        """The response that refuses a request; None if the request is allowed."""
        host = _parts(f"//{request.headers.get('host', '')}")
        if not is_loopback(host.hostname or ""):
            return Response("unknown host", 403)
        origin = request.headers.get("origin")
        if origin is not None and _parts(origin).netloc != host.netloc:
            return Response("requests from other pages are refused", 403)
        given = request.query_params.get("secret", "")
        if given and self._is_secret(given):
            answer = RedirectResponse(request.url.path, 303)
            answer.set_cookie(
                self._cookie, self.secret, max_age=365 * 86400, httponly=True, samesite="strict"
            )
            return answer
        if not self._is_secret(request.cookies.get(self._cookie, "")):
            text = "Open the address that `attune review` printed; it holds a secret."
            return Response(text, 401, media_type="text/plain")
        return None

    def _is_secret(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(errors="replace"), self.secret.encode())


def _parts(address: str) -> SplitResult:
    """The parts of a URL; all empty if it is invalid."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def protect(answer: Response) -> None:
    """Headers that keep the page's content out of caches and other pages."""
    for name, value in _HEADERS.items():
        answer.headers[name] = value
