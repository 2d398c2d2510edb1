"""A FastAPI that answers with what is in a JSON file and nothing else: `python -m benchmarks.api.bare FILE`."""

import json
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI


def bare(answer: Any) -> FastAPI:
    """One route."""
    app = FastAPI()

    @app.get("/")
    def read() -> Any:
        return answer

    return app


def main(file: str) -> None:
    """Serves it on a free port of loopback, as the API is served."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(bare(json.loads(Path(file).read_text())), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
