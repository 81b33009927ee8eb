"""Network addresses, as far as limits need to understand them."""

import ipaddress
from typing import Final

_SUBSCRIBER_BITS: Final = 64


def subscriber(address: str) -> str:
    """Return what one caller has: an IPv4 address, or a whole IPv6 network.

    A home or a rented host gets 2^64 IPv6 addresses at least. A limit for each of them
    would be none.

    Args:
        address: Of the caller; what is no address stays as it is.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(ip), _SUBSCRIBER_BITS), strict=False))
