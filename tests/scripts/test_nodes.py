from scripts.nodes import Rules, anvil_command, ganache_command


def test_ganache_command__any__is_node_itself_not_a_wrapper():
    assert ganache_command(8545)[0].endswith("/node")


def test_anvil_command__any__is_the_native_binary_not_a_wrapper():
    assert anvil_command(8545)[0].endswith("/bin/anvil")


def test_commands__same_settings__same_accounts_and_limits_on_both():
    for command in (
        ganache_command(8545, mnemonic="some words", accounts=3),
        anvil_command(8545, mnemonic="some words", accounts=3),
    ):
        assert {"8545", "shanghai", "some words", "3", "30000000"} <= set(command)


def test_commands__other_rules__told_to_both():
    rules = Rules(hardfork="cancun", block_gas=60_000_000)
    for command in (ganache_command(8545, rules=rules), anvil_command(8545, rules=rules)):
        assert {"cancun", "60000000"} <= set(command)
