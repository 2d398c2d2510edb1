"""Starts and stops the development nodes, Ganache and Anvil, as processes of their own that do not outlive ours."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Literal

Kind = Literal["ganache", "anvil"]

MNEMONIC = "test test test test test test test test test test test junk"
CHAIN_IDS: dict[Kind, int] = {"ganache": 1337, "anvil": 31337}
ACCOUNTS = 40
BALANCE_ETHER = 10_000
BLOCK_GAS_LIMIT = 30_000_000
HARDFORK = "shanghai"
ANSWER_WITHIN_S = 30.0
ATTEMPTS = 3

BIN = Path(sys.prefix) / "bin"
PR_SET_PDEATHSIG = 1


class NodeFailed(Exception):
    """A node ended or kept silent before it answered once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a chain's blocks may hold."""

    hardfork: str = HARDFORK
    block_gas: int = BLOCK_GAS_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node that answers at `url`."""

    kind: Kind
    port: int
    chain_id: int
    process: subprocess.Popen[bytes]
    scratch: tempfile.TemporaryDirectory[str]
    """Where it keeps its files; gone with it."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


OURS = Rules()


def ganache_command(
    port: int,
    *,
    chain_id: int = CHAIN_IDS["ganache"],
    accounts: int = ACCOUNTS,
    mnemonic: str = MNEMONIC,
    rules: Rules = OURS,
) -> list[str]:
    """Ganache itself, not a wrapper, so that its process id is the node's. It mines each transaction at once."""
    program = [str(BIN / "node"), str((BIN / "ganache").resolve())]
    server = ["--server.host", "127.0.0.1", "--server.port", str(port), "--logging.quiet"]
    chain = ["--chain.chainId", str(chain_id), "--chain.hardfork", rules.hardfork]
    wallet = ["--wallet.mnemonic", mnemonic, "--wallet.totalAccounts", str(accounts)]
    limits = ["--wallet.defaultBalance", str(BALANCE_ETHER), "--miner.blockGasLimit", str(rules.block_gas)]
    return [*program, *server, *chain, *wallet, *limits]


def anvil_command(
    port: int,
    *,
    chain_id: int = CHAIN_IDS["anvil"],
    accounts: int = ACCOUNTS,
    mnemonic: str = MNEMONIC,
    rules: Rules = OURS,
) -> list[str]:
    """Anvil's own binary; npm's wrapper leaves the node alive when it is killed."""
    program = [str((BIN / "anvil").resolve()), "--quiet", "--no-cors"]
    server = ["--host", "127.0.0.1", "--port", str(port)]
    chain = ["--chain-id", str(chain_id), "--hardfork", rules.hardfork, "--gas-limit", str(rules.block_gas)]
    wallet = ["--mnemonic", mnemonic, "--accounts", str(accounts), "--balance", str(BALANCE_ETHER)]
    return [*program, *server, *chain, *wallet]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(
    kind: Kind,
    *,
    port: int | None = None,
    chain_id: int | None = None,
    rules: Rules = OURS,
    options: tuple[str, ...] = (),
) -> Node:
    """Start a node and wait until it answers. Without a port, take a free one, and another should it be snatched away.

    Call it from a thread that lives as long as the node is needed: the system ends the node with that thread.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _start_once(kind, port or free_port(), chain_id or CHAIN_IDS[kind], rules, options)
        except NodeFailed:
            if port is not None or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def stop(node: Node) -> None:
    """End the node at once: what it holds lives in memory only."""
    node.process.kill()
    node.process.wait()
    node.scratch.cleanup()


@contextmanager
def running(
    kind: Kind, *, port: int | None = None, rules: Rules = OURS, options: tuple[str, ...] = ()
) -> Iterator[Node]:
    node = start(kind, port=port, rules=rules, options=options)
    try:
        yield node
    finally:
        stop(node)


def _start_once(kind: Kind, port: int, chain_id: int, rules: Rules, options: tuple[str, ...]) -> Node:
    command = ganache_command if kind == "ganache" else anvil_command
    _refuse_taken(port)
    scratch = tempfile.TemporaryDirectory(prefix="workmoot-node-", ignore_cleanup_errors=True)
    with tempfile.TemporaryFile() as output:
        process = _spawn([*command(port, chain_id=chain_id, rules=rules), *options], output, scratch.name)
        node = Node(kind=kind, port=port, chain_id=chain_id, process=process, scratch=scratch)
        try:
            _wait_for(node)
        except BaseException as error:
            stop(node)
            if isinstance(error, NodeFailed):
                output.seek(0)
                raise NodeFailed(f"{error}: {output.read().decode(errors='replace')[-2000:]}") from None
            raise
    return node


def _refuse_taken(port: int) -> None:
    """Refuse a port that something listens on: another node of ours there would answer just as well."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise NodeFailed(f"port {port} is taken")


def _spawn(command: list[str], output: IO[bytes], scratch: str) -> subprocess.Popen[bytes]:
    # An own session: Ctrl-C reaches us alone, and we end the node when we are done with it.
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=os.environ | {"TMPDIR": scratch},
        start_new_session=True,
        preexec_fn=end_with_parent,  # one system call, loaded before the fork
    )


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """For a child between fork and exec: the system ends it when its parent is gone, however that went."""
    if _LIBC:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait_for(node: Node) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < deadline:
        if node.process.poll() is not None:
            raise NodeFailed(f"{node.kind} ended with code {node.process.returncode}")
        if _chain_id_at(node.port) == node.chain_id:
            return
        time.sleep(0.05)
    raise NodeFailed(f"{node.kind} did not answer within {ANSWER_WITHIN_S:.0f} s")


def _chain_id_at(port: int) -> int | None:
    question = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []})
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("POST", "/", body=question, headers={"Content-Type": "application/json"})
        return int(json.load(connection.getresponse())["result"], 16)
    except (HTTPException, OSError):
        return None
    finally:
        connection.close()
