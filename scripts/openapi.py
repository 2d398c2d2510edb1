"""Writes the API's OpenAPI document where clients and reviewers read it; --check only says whether it is current."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

FILE = Path(__file__).resolve().parent.parent / "api" / "openapi.json"


def text() -> str:
    """The document as the API serves it, whatever it stands on."""
    from api.app import create_app

    app = create_app(cast("Any", SimpleNamespace(watched=())))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    current = text()
    if arguments == ["--check"]:
        if FILE.read_text() == current:
            return 0
        print("api/openapi.json is not what the API serves. Run `make openapi`.", file=sys.stderr)
        return 1
    FILE.write_text(current)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
