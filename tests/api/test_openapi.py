"""The API's own description: complete, true to its rules, and what the repository has of it is current."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.access.rules import RULES
from api.drafts import preview_hash
from api.models.orders import DisplacedOut, ForecastOut
from api.openapi import MARK, examples, operations
from api.order_json import order_from
from api.problem_types import TYPES
from api.problems import MEDIA_TYPE
from scripts import openapi
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story
from tests.api.visitors import STRICT
from workmoot.domain.overrides import order_digest

Document = dict[str, Any]
FIRST_PROBLEM = 400


@pytest.fixture(scope="module")
def document() -> Document:
    client = TestClient(serve(Story(), terms=STRICT).app, base_url=LOOPBACK)
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    served: Document = answer.json()
    return served


def asked(document: Document) -> list[Document]:
    return [operation for _, _, operation in operations(document)]


def answers(document: Document) -> list[tuple[str, int, Document]]:
    """Operation, status and response."""
    return [
        (operation["operationId"], int(status), response)
        for operation in asked(document)
        for status, response in operation["responses"].items()
    ]


def test_file__what_is_served__is_what_it_says() -> None:
    assert openapi.main(["--check"]) == 0


def test_check__file_is_stale__red(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(openapi, "FILE", tmp_path / "openapi.json")
    openapi.FILE.write_text(openapi.text().replace("list_tasks", "list_the_tasks"))
    assert openapi.main(["--check"]) == 1
    assert "make openapi" in capsys.readouterr().err
    assert openapi.main([]) == 0
    assert openapi.main(["--check"]) == 0


def test_operations__each__has_id_tag_and_summary_of_its_own(document: Document) -> None:
    told = asked(document)
    tags = {tag["name"] for tag in document["tags"]}
    assert len({it["operationId"] for it in told}) == len({it["summary"] for it in told}) == len(told)
    assert {tag for it in told for tag in it["tags"]} == tags


def test_operations__security__is_the_rule(document: Document) -> None:
    for operation in asked(document):
        rule, ways = RULES[operation["operationId"]], operation["security"]
        assert (ways == [] or {} in ways) == rule.is_open
        if not rule.is_open:
            keys = [way["key"] for way in ways if "key" in way]
            assert keys == ([[rule.scope]] if rule.scope else [])
            assert {"session": []} in ways


def test_bodies__each__has_an_example_that_fits(document: Document) -> None:
    found = 0
    for operation in asked(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for media in (media for body in bodies for media in body.get("content", {}).values()):
            schema = {**media["schema"], "components": document["components"]}
            Draft202012Validator(schema).validate(media["example"])
            found += 1
    assert found > 40


def test_examples__order_to_sign__has_the_digest_it_says() -> None:
    bulk, alone = examples()["give_overrides"]["200"], examples()["give_override"]["200"]
    for one in (alone, *bulk["orders"]):
        domain = one["typed_data"]["domain"]
        digest = order_digest(
            order_from(one["order"]), chain_id=domain["chainId"], overrides=domain["verifyingContract"]
        )
        assert (one["digest"], one["typed_data"]["message"]) == ("0x" + digest.hex(), one["order"])


def test_examples__preview__has_the_hash_of_what_it_shows() -> None:
    shown = examples()["read_preview"]["200"]
    hashed = preview_hash(DisplacedOut(**shown["displaces"]), ForecastOut(**shown["forecast"]))
    assert shown["preview"] == "0x" + hashed.hex()


def test_bodies__each__takes_no_field_it_does_not_know(document: Document) -> None:
    sent = {name for operation in asked(document) for name in _named(document, operation.get("requestBody", {}))}
    schemas = {name: document["components"]["schemas"][name] for name in sent}
    declared = {name: schema for name, schema in schemas.items() if "properties" in schema}
    assert declared.keys() > {"OverrideIn", "BulkIn", "WebhookIn"}
    assert {name for name, schema in declared.items() if schema.get("additionalProperties") is not False} == set()


SECRETS = {"key": {"create_key"}, "secret": {"create_webhook"}}


def test_answers__secrets__are_told_once_by_what_makes_them(document: Document) -> None:
    telling: dict[str, set[str]] = {name: set() for name in SECRETS}
    for operation, status, response in answers(document):
        fields = {
            field
            for name in _named(document, response)
            for field in document["components"]["schemas"][name].get("properties", {})
            if status < FIRST_PROBLEM and name not in KEYS_THAT_ARE_NONE
        }
        for name in telling.keys() & fields:
            telling[name].add(operation)
    assert telling == SECRETS


KEYS_THAT_ARE_NONE = {"TaskOut"}
"""A task's `key` is its name in the order's document."""


def _named(document: Document, part: Any) -> set[str]:
    """The schemas that something is made of."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            name = str(item.get("$ref", "")).rpartition("#/components/schemas/")[2]
            if name and name not in found and name in document["components"]["schemas"]:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
            waiting += [value for key, value in item.items() if key not in ("example", "examples", "headers")]
    return found


def test_errors__each__is_a_problem_of_known_types(document: Document) -> None:
    for operation, status, response in answers(document):
        if status >= FIRST_PROBLEM:
            (media,) = response["content"].items()
            assert media[0] == MEDIA_TYPE, operation
            assert media[1]["schema"] == {"$ref": "#/components/schemas/ProblemOut"}
            assert media[1]["examples"].keys() <= {it.slug for it in TYPES.values() if it.status == status}
            assert media[1]["examples"], operation


def test_types__each__can_be_answered_by_some_route(document: Document) -> None:
    told = {slug for _, status, it in answers(document) if status >= FIRST_PROBLEM for slug in _types(it)}
    assert told == TYPES.keys() - {"method-not-allowed"}


def _types(response: Document) -> set[str]:
    return set(response["content"][MEDIA_TYPE]["examples"])


def test_document__marks_of_the_routes__are_not_told(document: Document) -> None:
    assert MARK not in str(document)


@pytest.mark.parametrize(
    ("operation", "status", "header"),
    [
        ("list_tasks", 200, "ETag"),
        ("list_tasks", 200, "Link"),
        ("list_tasks", 304, "ETag"),
        ("list_tasks", 401, "WWW-Authenticate"),
        ("list_tasks", 429, "Retry-After"),
        ("give_override", 200, "ETag"),
        ("give_override", 201, "Location"),
        ("give_override", 201, "Idempotent-Replayed"),
        ("give_override", 409, "Retry-After"),
        ("submit_order", 201, "Location"),
    ],
)
def test_headers__of_an_answer__are_told(document: Document, operation: str, status: int, header: str) -> None:
    (response,) = [it for name, code, it in answers(document) if (name, code) == (operation, status)]
    assert response["headers"][header] == {"$ref": f"#/components/headers/{header}"}
    assert document["components"]["headers"][header]["description"]


def test_reference__page__has_every_route_and_how_to_ask_it(document: Document) -> None:
    page = TestClient(serve(Story(), terms=STRICT).app, base_url=LOOPBACK).get("/reference")
    assert page.headers["content-type"].startswith("text/html")
    for operation in asked(document):
        assert f'id="{operation["operationId"]}"' in page.text
    assert page.text.count(f"curl {LOOPBACK}/") + page.text.count("curl -X") == len(asked(document))
    assert "<script" not in page.text
