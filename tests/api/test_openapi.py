"""The API's document: valid, whole, and as the app really is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from pydantic import create_model

from containers.api import docs, schemas
from containers.api.callers import require_doors
from containers.api.outputs import Page, Reference
from tests.api.access.test_matrix import operations, told_path

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(app: Flask) -> Document:
    """The document, as everybody gets it."""
    found: Document = app.test_client().get("/openapi.json").json
    return found


def described(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_valid_and_says_whose_it_is(document: Document) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "VectorIcons API"
    assert document["servers"] == [{"url": "http://localhost"}]


def test_it_is_the_same_whatever_host_the_first_reader_says(app: Flask, document: Document) -> None:
    del app.extensions[docs.DOCUMENT]
    again = app.test_client().get("/openapi.json", headers={"Host": "elsewhere.test"})
    assert again.json == document
    assert again.headers["Cache-Control"].startswith("public")
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_every_operation_of_the_api_is_there_with_a_name_and_a_sentence(
    app: Flask, document: Document
) -> None:
    known = {told_path(operation) for operation in operations(app.url_map)}
    told = dict(described(document))
    assert known <= set(told)
    names = [operation["operationId"] for operation in told.values()]
    assert len(set(names)) == len(names)
    assert all(operation["summary"].endswith(".") for operation in told.values())
    assert all(operation["tags"] for operation in told.values())


def test_nothing_is_open_by_being_forgotten() -> None:
    app = Flask(__name__)
    app.add_url_rule("/api/v1/things", "things", lambda: "all of them")
    with pytest.raises(TypeError, match=r"/api/v1/things .* has no door"):
        require_doors(app)


def test_who_may_come_in_is_told_by_the_door(document: Document) -> None:
    told = dict(described(document))
    assert told["GET /api/v1/icons"]["security"] == []
    assert told["GET /api/v1/uploads"]["security"] == [{"session": []}, {"bearer": []}]
    making = told["POST /api/v1/uploads"]
    assert making["security"] == [{"session": [], "csrf": []}, {"bearer": []}]
    assert making["description"] == 'Open to contributors. An API key needs "uploads:write".'
    assert told["POST /api/v1/tags"]["description"] == (
        "Open to administrators. API keys cannot be used for this."
    )


def test_what_may_come_back_follows_from_what_an_operation_is(document: Document) -> None:
    told = {name: set(operation["responses"]) for name, operation in described(document)}
    everywhere = {"400", "401", "403", "429", "503"}
    written = everywhere | {"409", "413", "415"}
    assert told["GET /api/v1/icons"] == everywhere | {"200", "304", "412", "422"}
    assert told["GET /api/v1/tags/{key}"] == everywhere | {"200", "304", "404", "412"}
    assert told["POST /api/v1/tags"] == written | {"201", "404", "422"}
    assert told["PATCH /api/v1/tags/{key}"] == written | {"200", "404", "412", "422"}
    assert told["DELETE /api/v1/tags/{key}"] == written | {"204", "404", "412"}
    assert told["GET /api/v1/session"] == everywhere | {"200"}


def test_headers_and_what_to_do_next_are_told(document: Document) -> None:
    made = document["paths"]["/api/v1/tags"]["post"]["responses"]["201"]
    assert set(made["headers"]) >= {"Location", "RateLimit-Remaining", "X-Request-Id"}
    assert made["links"]["tags_get"]["parameters"] == {"key": "$response.body#/id"}
    read = document["paths"]["/api/v1/tags/{key}"]["get"]
    assert "ETag" in read["responses"]["200"]["headers"]
    assert {"$ref": "#/components/parameters/IfNoneMatch"} in read["parameters"]


def test_a_number_in_an_address_is_one_that_a_row_may_have(document: Document) -> None:
    (key, *_) = document["paths"]["/api/v1/tags/{key}"]["get"]["parameters"]
    assert key["schema"] == {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}


def test_no_parameter_of_an_address_is_said_to_be_null(document: Document) -> None:
    for _, operation in described(document):
        for parameter in operation["parameters"]:
            assert "null" not in str(parameter.get("schema"))


def test_two_things_of_one_name_are_not_described_as_one() -> None:
    other = create_model("Reference", number=(int, ...))
    assert set(schemas.definitions([Reference, Page[Reference]])) >= {"Reference", "ReferencePage"}
    with pytest.raises(schemas.SameName, match="Two models are called Reference"):
        schemas.definitions([Reference, other])


def test_the_page_is_read_under_the_policy_of_the_site(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "img-src data: 'self'" in policy
    assert "unsafe" not in policy
    script = client.get("/docs/swagger-ui-bundle.js")
    assert script.mimetype == "text/javascript"
    assert client.get("/docs/../app.py").status_code == 404
    assert 'href="/docs"' in client.get("/").text


def test_what_was_made_below_something_is_found_below_it(document: Document) -> None:
    made = document["paths"]["/api/v1/users/{parent}/emails"]["post"]["responses"]["201"]
    assert made["links"]["emails_get"]["parameters"] == {
        "parent": "$request.path.parent",
        "key": "$response.body#/id",
    }
