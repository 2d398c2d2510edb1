# `make` alone lists the targets. Every one of them makes the clone ready first, which costs a tenth of a second once it is.

PYTHON := .venv/bin/python
BIN := .venv/bin
# Without a test forge says that all is well.
FORGE_TEST := find tests/solidity -name '*.t.sol' | grep -q . && $(BIN)/forge test
CONNECTING := api assurance ballots benchmarks chain gateway model page scenarios stock
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup provers run test test-fast test-forge test-brownie test-contracts test-python check fix abi openapi gas lock assure clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile

setup: ## Make this clone ready; only what is missing is done
	@sh scripts/setup.sh

provers: setup ## Make slither, halmos, z3 and Schemathesis ready, in an environment of their own
	@$(PYTHON) -m scripts.assurance

run: setup ## Run the factory and its DAO: make run ARGS="…"
	@$(BIN)/workmoot up $(ARGS)

test: test-contracts test-python ## Test everything

test-fast: setup ## Test what needs no node, in seconds
	@$(PYTHON) -m pytest -q $(foreach part,$(CONNECTING),--ignore=tests/$(part))

test-contracts: setup ## Test the contracts: with forge and, on the other core, with brownie
	@mkdir -p build; $(BIN)/brownie test > build/brownie-test.txt 2>&1 & brownie=$$!; \
	  { $(FORGE_TEST); }; forge=$$?; \
	  wait $$brownie; brownie=$$?; cat build/brownie-test.txt; exit $$((forge || brownie))

test-forge: setup
	@$(FORGE_TEST)

test-brownie: setup
	@$(BIN)/brownie test

test-python: provers ## Test everything but the contracts, in three processes, as many tests wait
	@$(PYTHON) -m tests.again -n 3 --dist loadfile --no-loadscope-reorder

check: setup ## Check format, lint, types, which way imports point, and that ABIs and OpenAPI are current
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/forge fmt --check contracts tests/solidity tests/assurance/proofs
	@node_modules/.bin/solhint --disc --noPoster --max-warnings 0 'contracts/**/*.sol'
	@$(PYTHON) -m scripts.abi --check
	@$(PYTHON) -m scripts.openapi --check

fix: setup ## Mend what a machine can mend: format and lint
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/forge fmt contracts tests/solidity tests/assurance/proofs

abi: setup ## Write the contracts' ABIs where workmoot.chain reads them
	@$(PYTHON) -m scripts.abi

openapi: setup ## Write the API's OpenAPI document to api/openapi.json
	@$(PYTHON) -m scripts.openapi

gas: setup ## Measure what decisions cost, beside the peers; red when ours got worse than benchmarks/gas-snapshot.json or misses a target
	@$(BIN)/workmoot bench gas --check

lock: setup ## Pin every package anew
	@$(PYTHON) -m scripts.lock

assure: provers ## Run the long suites: forge with 100,000 runs a property and 1,000,000 calls, all proofs, every mutant, the search without undefined behaviour, gas, the API's pace, 20,000 requests of a stranger, 100 races, 50 kills, all rules on Ganache too
	@$(PYTHON) -m tests.assurance.forge_runs
	@$(PYTHON) -m pytest tests/assurance tests/chain tests/stock tests/scenarios tests/api/test_races.py tests/api/test_killed.py --long
	@$(PYTHON) -m pytest tests/model --steps=100000
	@$(BIN)/workmoot bench gas --check
	@$(BIN)/workmoot bench api --check
	@$(PYTHON) -m tests.assurance.mutation

clean: ## Remove all that setup and the tests made
	@rm -rf .venv .venv-assure node_modules build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
