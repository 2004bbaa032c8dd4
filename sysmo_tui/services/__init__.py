"""The use cases: one module a capability, each a function ``f(work, …) → read model``.

Services never commit, never read the clock, the environment or a global, and
never print. They raise :class:`sysmo_tui.domain.errors.DeskError` to refuse.
"""
