"""Nothing to find here."""


def greeting(name: str) -> str:
    return f"Hello {name}"
