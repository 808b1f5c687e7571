"""Pure engines: values in, values out; no Django, clock, files or network."""


class EngineError(ValueError):
    """Refuse an input with a stable `code` a service words for people, and the `data` that wording needs."""

    def __init__(self, code: str, message: str, **data: object) -> None:
        super().__init__(message)
        self.code = code
        self.data: dict[str, object] = data
