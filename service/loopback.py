"""Whether a host is this machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """By its address, or as localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
