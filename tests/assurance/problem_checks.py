"""What Schemathesis checks of our own: a refusal is of a type that the route is said to answer. It loads this file."""

import schemathesis

FIRST_PROBLEM, NOT_ALLOWED = 400, 405
MEDIA_TYPE = "application/problem+json"


@schemathesis.check
def documented_problem(ctx, response, case):
    if response.status_code < FIRST_PROBLEM or response.status_code == NOT_ALLOWED:
        return
    told = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    known = told.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    slug = response.json()["type"].rpartition("/")[2]
    assert slug in known, f"{slug} is none of the documented {', '.join(known)}"
