"""Writes the contracts' ABIs, as compiled, where workmoot.chain reads them; --check only says if they are current."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILED = ROOT / "build" / "contracts"
ABI = ROOT / "workmoot" / "chain" / "abi"


def compiled(folder: Path = COMPILED) -> dict[str, str]:
    """Each file's name and text: the contracts that can be deployed, an ABI entry a line so that changes read well."""
    files = {}
    for path in folder.glob("*.json"):
        build = json.loads(path.read_text())
        if build["sourcePath"] == f"contracts/{build['contractName']}.sol" and build["bytecode"]:
            lines = ",\n".join(json.dumps(entry, sort_keys=True) for entry in build["abi"])
            files[path.name] = f"[\n{lines}\n]\n"
    return files


def written(folder: Path = ABI) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.json")}


def write(files: dict[str, str], folder: Path = ABI) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in written(folder).keys() - files.keys():
        (folder / name).unlink()
    for name, text in files.items():
        (folder / name).write_text(text)


def main(arguments: list[str]) -> int:
    files = compiled()
    if arguments == ["--check"]:
        stale = sorted({name for name, _ in files.items() ^ written().items()})
        if stale:
            print(f"ABIs differ from the contracts: {', '.join(stale)}. Run `make abi`.", file=sys.stderr)
        return int(bool(stale))
    write(files)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
