from tests.ballots.voters import POLL, SCANNER, a_draft, boxed, boxed_draft


def test_signed__as_it_travels_in_a_transaction():
    found = boxed(SCANNER, support=False).signed
    assert (found.member, found.support, found.signature) == (SCANNER, False, boxed(SCANNER, support=False).signature)
    assert POLL.binds(boxed(SCANNER).ballot)


def test_yes__a_drafts__is_its_proposers_ballot_on_it():
    found = boxed_draft().yes
    assert (found.member, found.ballot, found.signature) == (
        SCANNER,
        a_draft().ballot(support=True),
        boxed_draft().signature,
    )
