"""The log: a line of JSON for each thing that happened, with the request that it happened in."""

import json
import logging
from datetime import UTC, datetime

from api.present import known


class JsonLines(logging.Formatter):
    """One object a line: when, how grave, who says what, of which request, and the fault's trace."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": record.getMessage(),
            **known(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str, ensure_ascii=False)
