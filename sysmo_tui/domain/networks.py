"""Which addresses of a network are one place, for whoever counts what comes from there."""

from __future__ import annotations

import ipaddress


def network_of(source: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 that one IPv6 subscriber is given (RFC 6177).

    What is no address, such as a user of the desk's own machine, is itself.
    """
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
