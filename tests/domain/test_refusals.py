import pytest

from scripts import cli
from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.refusals import explained


def test_explained__a_contracts_no__says_what_is_in_the_way():
    assert explained(Refused("PolicyTooTight")).startswith("PolicyTooTight(): a vote lasts at least 10 seconds")


@pytest.mark.parametrize("error", [Refused("Reverted"), Malformed("too short")])
def test_explained__no_custom_error__only_its_own_words(error):
    assert explained(error) == str(error)


def test_main__a_contract_refuses__its_name_and_what_is_in_the_way(monkeypatch, capsys):
    def refuse():
        raise Refused("PolicyTooTight")

    monkeypatch.setattr(cli, "app", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "workmoot: PolicyTooTight(): a vote lasts at least 10 seconds" in capsys.readouterr().err
