"""A plugin for pytest: the search's kernel built so that undefined behaviour ends the process, with words."""

from pathlib import Path

from workmoot.planning import kernel

LEFT_OUT = ("-O2", "-s", "-fwrapv")
kernel.OPTIONS = (*(it for it in kernel.OPTIONS if it not in LEFT_OUT), "-O1", "-g", "-fsanitize=undefined")
kernel.FOLDER = Path(__file__).parents[2] / "build" / "undefined"
