"""`python -m scripts` is the `workmoot` command."""

from scripts.cli import main

main()
