"""What proofs rest on."""

import pytest

from tests.assurance.solver import Z3, require_sound


@pytest.fixture(scope="session")
def sound_solver() -> None:
    """The solver, seen to find models where there are some: without it there is no proof."""
    require_sound(Z3)
