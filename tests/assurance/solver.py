"""The solver that all proofs rest on, and a check that it does not call false true."""

import subprocess
from pathlib import Path

from tests.assurance.project import PROVERS

Z3 = PROVERS / "z3"
SATISFIABLE = Path(__file__).with_name("satisfiable.smt2")


class Unsound(Exception):
    """The solver finds no model where there is one: whatever it proves may be false."""


def require_sound(solver: Path) -> None:
    """Ask for a model of packed 64-bit fields, on which a solver in wide use has been wrong."""
    said = subprocess.run([solver, SATISFIABLE], capture_output=True, text=True, check=False).stdout.split()
    expected = ["sat"] * SATISFIABLE.read_text().count("(check-sat)")
    if said != expected:
        raise Unsound(f"{solver.name} says {' '.join(said) or 'nothing'} of formulas that have models")
