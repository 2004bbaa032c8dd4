"""The demo desk: a fictitious company's help desk with months of history.

Everything in it is invented; the domains end in ``.example``.
"""

from sysmo_tui.demo.build import PASSWORD, DemoAccount, DemoDesk, build, described, fill
from sysmo_tui.demo.renewal import exists, is_fresh, renew

__all__ = ["PASSWORD", "DemoAccount", "DemoDesk", "build", "described", "exists", "fill", "is_fresh", "renew"]
