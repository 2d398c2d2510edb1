"""`workmoot proposal`: what was put to the vote, what members said, how they voted, and what came too late to count."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workmoot.ballots.poll import Notary
    from workmoot.chain.connection import Connection
    from workmoot.domain.ledger import Ledger, Proposal
    from workmoot.planning.verification import Verification

app = typer.Typer(no_args_is_help=True, help="Look at proposals, reviews and votes; record late ballots.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
WRONG = 1
PLAN = "plan: start on the plant's clock + duration, simulated"
Id = Annotated[int, typer.Argument(metavar="ID", help="The proposal's number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]


@app.command(name="list")
def list_(api: Api = None, as_json: AsJson = False) -> None:
    """List the proposals, the latest first."""
    listing = _client(api).listing("proposals")
    typer.echo(_text(listing) if as_json else "\n".join(map(_line, listing["items"])) or "no proposals yet")


@app.command()
def show(
    id_: Id,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Show one proposal with its plan, reviews and votes."""
    proposal = _client(api).get(f"proposals/{id_}")
    if as_json:
        typer.echo(_text(proposal))
        return
    for line in _told(proposal):
        typer.echo(line)


@app.command()
def record(
    id_: Id,
    by: Annotated[Path, typer.Option("--by", help="The key file of whoever sends it; anyone may.")],
    box: Annotated[list[str] | None, typer.Option(help="A ballot box; once for each. Else the newest run's.")] = None,
    rpc: Annotated[str | None, typer.Option(help="The node's address; else the newest run's.")] = None,
    deployment: Annotated[Path | None, typer.Option(help="The deployment's file; else the newest run's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print badge numbers.")] = False,
) -> None:
    """Put on chain, from the ballot boxes, who signed too late to count, and who signed both yes and no."""
    from scripts.api_client import newest_run, no_run, node_of
    from workmoot.ballots.http_box import HttpBallotBox
    from workmoot.ballots.late import enter, late_of
    from workmoot.chain.connection import connect
    from workmoot.chain.signer import load_signer

    run = newest_run()
    urls = box or ([run["api"]] if "api" in run else [])
    if not urls:
        raise no_run("--box")
    url, file = node_of(run, rpc, deployment)
    connection = connect(url, deployment=file)
    audit = connection.contracts(load_signer(by)).ballot_audit
    follower = connection.follower()
    events = follower.catch_up()
    proposal = _settled(follower.ledger, id_)
    boxes = [HttpBallotBox(address) for address in urls]
    found = enter(audit, proposal, late_of(boxes, _notary(connection), follower.ledger, proposal, events))
    told = {"recorded": [ballot.member for ballot in found.ballots], "equivocated": list(found.both)}
    if as_json:
        typer.echo(json.dumps({"proposal": id_, **told, "silent_boxes": found.silent}))
        return
    for what, numbers in told.items():
        names = ", ".join(follower.ledger.members[number].id for number in numbers)
        typer.echo(f"{what}: {names or 'nobody'}")
    for words in found.silent:
        typer.echo(f"no answer: {words}", err=True)


@app.command()
def verify(
    id_: Id,
    rpc: Annotated[str | None, typer.Option(help="The node's address; else the newest run's.")] = None,
    deployment: Annotated[Path | None, typer.Option(help="The deployment's file; else the newest run's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compute all that a proposal claims again, from the chain alone, as of when it was opened; exit 1 if it errs."""
    from scripts.api_client import newest_run, node_of
    from workmoot.chain.connection import connect
    from workmoot.domain.errors import Malformed
    from workmoot.domain.ids import ProposalId
    from workmoot.planning.verification import verify

    url, file = node_of(newest_run(), rpc, deployment)
    connection = connect(url, deployment=file)
    events, deployed = connection.follower().catch_up(), connection.deployment
    try:
        found = verify(events, ProposalId(id_), chain_id=deployed.chain_id, dao=deployed.allocation_dao)
    except Malformed as unknown:
        raise typer.BadParameter(f"{unknown}; `workmoot proposal list` names them") from None
    if as_json:
        typer.echo(json.dumps(found.as_object(), indent=2))
    else:
        typer.echo("\n".join(_checked(found)))
    if not found.holds:
        raise typer.Exit(WRONG)


def _checked(found: "Verification") -> list[str]:
    """A line for each thing it claims, and for each fault."""
    claims = [
        f"  = {it.name:<10} {it.claimed}" if it.agrees else f"  ! {it.name:<10} {it.claimed}, is {it.recomputed}"
        for it in found.claims
    ]
    about = "a motion claims nothing" if found.proposal.motion else "holds" if found.holds else "does not hold"
    return [f"proposal {found.proposal.id}: {about}", *claims, *(f"  ! {words}" for words in found.faults)]


def _settled(ledger: "Ledger", id_: int) -> "Proposal":
    from workmoot.domain.ids import ProposalId
    from workmoot.domain.proposals import State

    proposal = ledger.proposals.get(ProposalId(id_))
    if proposal is None:
        raise typer.BadParameter(f"no proposal {id_}; `workmoot proposal list` names them")
    if proposal.state is State.OPEN:
        raise typer.BadParameter(f"proposal {id_} is open: a ballot can still count")
    return proposal


def _notary(connection: "Connection") -> "Notary":
    from workmoot.ballots.poll import Notary
    from workmoot.chain.signatures import Signatures

    deployed, verify = connection.deployment, Signatures(connection.node, may_matter=lambda _: True).is_signed_by
    return Notary(chain_id=deployed.chain_id, dao=deployed.allocation_dao, verify=verify)


def _told(proposal: dict[str, Any]) -> list[str]:
    plan = [
        f"  task {entry['task']:>6}  {entry['lead']['id']:<12} {entry['start_s']:>8.1f} s + {entry['duration_s']:.1f} s"
        f"  {entry['outcome']:<8} {entry['task_name']}"
        for entry in proposal["plan"]
    ]
    reviews = [
        f"  {review['member']['id']} leans {'for' if review['support'] else 'against'}: {review['words']}"
        for review in proposal["reviews"]
    ]
    votes = [
        f"  {vote['member']['id']} {'yes' if vote['support'] else 'no'}: {vote['reason']}" for vote in proposal["votes"]
    ]
    listed = [] if proposal["motion"] else [PLAN, *plan, "reviews", *reviews]
    return [_line(proposal), f"  {proposal['words']}", *listed, "votes", *votes]


def _line(proposal: dict[str, Any]) -> str:
    figures = proposal["figures"]
    tasks = "1 task" if proposal["tasks"] == 1 else f"{proposal['tasks']} tasks"
    about = proposal["motion"] or f"{tasks}, makespan {figures['makespan_s']:g} s"
    counters = f", counters {proposal['counters']}" if proposal["counters"] else ""
    return (
        f"proposal {proposal['id']} by {proposal['proposer']['id']}{counters}: {proposal['state']}, "
        f"{proposal['yes']} yes, {proposal['no']} no of {proposal['members']} ({proposal['needed']} needed); "
        f"{about}"
    )


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> Any:
    from scripts.api_client import client_of

    return client_of(api)
