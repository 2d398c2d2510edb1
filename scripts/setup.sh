#!/bin/sh
# Finds a Python that can run scripts/setup.py, and runs it. The one the tests run on comes first.
cd "${0%/*}/.." || exit 1
fits='import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
for python in .venv/bin/python python3.11 python3.12 python3.13 python3 python; do
  if "$python" -c "$fits" 2>/dev/null; then
    exec "$python" scripts/setup.py
  fi
done
echo "Workmoot needs Python 3.11, 3.12 or 3.13 with its venv module (Debian: apt-get install python3-venv); none was found." >&2
exit 1
