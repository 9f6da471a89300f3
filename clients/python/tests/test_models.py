"""The models are those of the API: what one makes the other takes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, get_origin

import athanor
import httpx
import pytest
from athanor import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

sys.path.insert(0, str(Path(__file__).parents[1]))
from generate import TARGET, models_of  # noqa: E402

_EXACT = 2**53


@pytest.fixture(scope="session")
def document(server: athanor.LocalServer) -> dict[str, Any]:
    read: dict[str, Any] = httpx.get(f"{server.url}/api/v1/openapi.json").json()
    return read


def test_they_are_in_step_with_the_api(document: dict[str, Any]) -> None:
    written = models_of(document)
    if os.environ.get("ATHANOR_WRITE_MODELS"):
        TARGET.write_text(written)
    assert TARGET.read_text() == written, "python generate.py URL/api/v1/openapi.json writes them anew"


def _bounded(schema: Any) -> Any:
    """Numbers that every program reads as the same; few items and few entries that nobody named, as what is drawn too large is drawn anew."""
    if isinstance(schema, list):
        return [_bounded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _bounded(part) for key, part in schema.items()}
    kinds = inner.get("type")
    # An entry may have that name, too.
    if not isinstance(kinds, dict) and {"number", "integer"} & set(kinds if isinstance(kinds, list) else [kinds]):
        inner = {"minimum": -_EXACT, "maximum": _EXACT, **inner}
    if kinds == "array":
        inner = {"maxItems": max(2, inner.get("minItems", 0)), **inner}
    if kinds == "object" and isinstance(inner.get("additionalProperties", True), dict):
        inner = {"maxProperties": len(inner.get("properties", {})) + 2, **inner}
    return inner


def _schema_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    """A component by itself."""

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return whole(document["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]])
        return {key: whole(one) for key, one in part.items()}

    schema = whole(document["components"]["schemas"][name])
    if "allOf" in schema:
        parts = schema["allOf"]
        merged = {key: value for part in parts for key, value in part.items()}
        merged["properties"] = {key: value for part in parts for key, value in part["properties"].items()}
        merged["required"] = [key for part in parts for key in part.get("required", [])]
        return merged
    return dict(schema)


def _made(adapter: TypeAdapter[Any], value: Any) -> Any:
    """What a model tells of what it was made from."""
    return adapter.dump_python(adapter.validate_python(value), mode="json", by_alias=True, exclude_unset=True)


def test_what_one_makes_the_other_takes(document: dict[str, Any]) -> None:
    for name in document["components"]["schemas"]:
        shape = getattr(models, name)
        adapter: TypeAdapter[Any] = TypeAdapter(shape)
        schema = _schema_of(document, name)
        validator = Draft202012Validator(schema)
        # Made once: most of the time goes into reading schemas.
        values, instances = from_schema(_bounded(schema)), _instances(shape)

        @settings(suppress_health_check=list(HealthCheck))
        @given(values)
        def of_schema(value: Any) -> None:
            made = _made(adapter, value)
            assert list(validator.iter_errors(made)) == []
            # All that is named comes back as it was.
            known = set(schema.get("properties", value if isinstance(value, dict) else ()))
            if isinstance(value, dict) and "oneOf" not in schema:
                assert set(made) & known == set(value) & known

        @settings(suppress_health_check=list(HealthCheck))
        @given(instances)
        def of_models(made: Any) -> None:
            # Fields by their names in Python, as a person makes them.
            told = json.loads(json.dumps(adapter.dump_python(made, mode="json", by_alias=True, exclude_unset=True)))
            assert list(validator.iter_errors(told)) == []

        @settings(suppress_health_check=list(HealthCheck))
        @given(values, st.data())
        def of_what_is_wrong(value: Any, data: st.DataObject) -> None:
            # One entry is taken away, or is something else: they agree whether that is right.
            if not isinstance(value, dict) or not value:
                return
            key = data.draw(st.sampled_from(sorted(value)))
            other = data.draw(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.just([]) | st.just({}))
            changed = data.draw(st.sampled_from([{k: v for k, v in value.items() if k != key}, {**value, key: other}]))
            assert _accepts(adapter, changed) == validator.is_valid(changed), changed

        for check in (of_schema, of_models, of_what_is_wrong):
            try:
                check()
            except BaseException as error:
                error.add_note(f"of {name}") if hasattr(error, "add_note") else None
                raise


def _accepts(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
        return True
    except ValidationError:
        return False


def _instances(shape: Any) -> st.SearchStrategy[Any]:
    """What can be made of a model; of a union, of any of its members."""
    members = shape.__args__ if get_origin(shape) is not None else (shape,)
    return st.one_of([st.none() if member is type(None) else _fields(member) for member in members])


def _fields(model: type[models.Shape]) -> st.SearchStrategy[Any]:
    schema = model.model_json_schema(by_alias=False)
    return from_schema(_bounded(_by_name(schema, schema.get("$defs", {})))).map(lambda given: model(**given))


def _by_name(schema: Any, named: dict[str, Any]) -> Any:
    """What a person gives a model: nothing that it does not name, and no null for what is left out, which is so in Python alone."""
    if isinstance(schema, list):
        return [_by_name(part, named) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _by_name(named[schema["$ref"].rsplit("/", 1)[1]], named)
    inner = {key: _by_name(part, named) for key, part in schema.items() if key != "$defs"}
    if not isinstance(inner.get("properties"), dict):
        return inner
    for name, part in inner["properties"].items():
        if name not in inner.get("required", []) and "anyOf" in part:
            part["anyOf"] = [one for one in part["anyOf"] if one.get("type") != "null"]
            part.pop("default", None)
    return {**inner, "additionalProperties": False}
