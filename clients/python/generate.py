"""Writes src/athanor/models.py from the OpenAPI of a server.

    python generate.py http://127.0.0.1:8750/api/v1/openapi.json
    python generate.py openapi.json --check     # says whether the file is up to date, and writes nothing
"""

from __future__ import annotations

import json
import keyword
import re
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
TARGET = HERE / "src" / "athanor" / "models.py"

HEAD = '''"""What the API takes and tells. Written by generate.py from its OpenAPI; not by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional, TypeVar, Union

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_T = TypeVar("_T")


def _given(value: Optional[_T]) -> _T:
    if value is None:
        raise ValueError("left out rather than null")
    return value


class Shape(BaseModel):
    """Names are as in Python; in JSON they are as the API has them."""

    model_config = ConfigDict(strict=True, populate_by_name=True, allow_inf_nan=False, regex_engine="python-re")

    def to_json(self) -> dict[str, Any]:
        """As it is sent: what was not given is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
'''

LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
}


def pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def snake(name: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower()
    return f"{words}_" if keyword.iskeyword(words) or words in {"model_config", "schema", "json", "copy"} else words


class Writer:
    """Turns schemas into classes; those within others are named after where they stand."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self.schemas = schemas
        self.classes: dict[str, str] = {}
        self.aliases: dict[str, str] = {}

    def write(self) -> str:
        for name in sorted(self.schemas):
            self.component(name)
        return "\n\n\n".join([HEAD.rstrip("\n"), *self.classes.values(), "\n".join(self.aliases.values())]).rstrip() + "\n"

    def component(self, name: str) -> None:
        if name in self.classes or name in self.aliases:
            return
        schema = self.schemas[name]
        if schema.get("type") == "object" and "properties" in schema:
            self.object(name, schema)
        elif "allOf" in schema and "$ref" in schema["allOf"][0]:
            base = schema["allOf"][0]["$ref"].rsplit("/", 1)[1]
            self.component(base)
            self.object(name, schema["allOf"][1], base)
        else:
            told = self.type(schema, name)
            if name in self.classes:
                raise ValueError(f"{name} may be null itself: let what has it say so")
            self.aliases[name] = f"{name} = {told}"

    def object(self, name: str, schema: dict[str, Any], base: str = "Shape") -> None:
        self.classes[name] = ""  # its place, before those within it
        lines = [f"class {name}({base}):"]
        if "description" in schema:
            lines.append(f"    {json.dumps(schema['description'], ensure_ascii=False)}\n")
        extra = schema.get("additionalProperties")
        if extra is not None:
            lines.append(f"    model_config = ConfigDict(extra={'forbid' if extra is False else 'allow'!r})\n")
        required = set(schema.get("required", []))
        for key, part in sorted(schema.get("properties", {}).items(), key=lambda item: item[0] not in required):
            lines.append(self.field(key, part, name, key in required))
        if len(lines) == 1:
            lines.append("    pass")
        self.classes[name] = "\n".join(lines)

    def field(self, key: str, part: dict[str, Any], owner: str, is_required: bool) -> str:
        hint = self.type(part, f"{owner}{pascal(key)}")
        options = []
        if not is_required:
            if "default" in part:
                options.append(f"default_factory=lambda: {part['default']!r}")
            else:
                is_nullable = hint.startswith("Optional[") or hint == "Any"
                hint = hint if is_nullable else f"Annotated[Optional[{hint}], AfterValidator(_given)]"
                options.append("default=None")
        name = snake(key)
        if name != key:
            options.append(f"alias={key!r}")
        if "description" in part:
            options.append(f"description={part['description']!r}")
        return f"    {name}: {hint}" + (f" = Field({', '.join(options)})" if options else "")

    def type(self, schema: dict[str, Any], name: str) -> str:
        if "$ref" in schema:
            return str(schema["$ref"].rsplit("/", 1)[1])
        kinds = schema.get("type")
        if isinstance(kinds, list):
            rest = [kind for kind in kinds if kind != "null"]
            inner = {**schema, "type": rest[0] if len(rest) == 1 else rest}
            if "enum" in schema:
                inner["enum"] = [value for value in schema["enum"] if value is not None]
            if len(rest) > 1:
                union = ", ".join(self.type({**schema, "type": kind}, name) for kind in rest)
                return f"Optional[Union[{union}]]" if "null" in kinds else f"Union[{union}]"
            return f"Optional[{self.type(inner, name)}]"
        if "const" in schema:
            return f"Literal[{schema['const']!r}]"
        if "enum" in schema:
            return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
        for union in ("oneOf", "anyOf"):
            if union in schema:
                return self.union(schema[union], name)
        return self.limited(self.plain(kinds, schema, name), schema)

    def union(self, members: list[dict[str, Any]], name: str) -> str:
        parts = [member for member in members if member.get("type") != "null"]
        hints = [self.type(part, f"{name}{self.mark(part) or i + 1}") for i, part in enumerate(parts)]
        joined = hints[0] if len(hints) == 1 else f"Union[{', '.join(hints)}]"
        return joined if len(parts) == len(members) else f"Optional[{joined}]"

    def mark(self, part: dict[str, Any]) -> str:
        """What tells a member from the others: the only value of one of its entries."""
        for key, inner in part.get("properties", {}).items():
            values = inner.get("enum", [inner["const"]] if "const" in inner else [])
            if len(values) == 1 and key in part.get("required", []):
                return pascal(str(values[0]))
        return ""

    def plain(self, kind: str | None, schema: dict[str, Any], name: str) -> str:
        if kind == "object" and "properties" in schema:
            self.object(name, schema)
            return name
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"dict[str, {self.type(values, name) if isinstance(values, dict) else 'Any'}]"
        if kind == "array":
            return f"list[{self.type(schema.get('items', {}), name)}]"
        return {"string": "str", "number": "float", "integer": "int", "boolean": "bool", "null": "None"}.get(kind or "", "Any")

    def limited(self, hint: str, schema: dict[str, Any]) -> str:
        limits = [f"{word}={schema[key]!r}" for key, word in LIMITS.items() if key in schema]
        return f"Annotated[{hint}, Field({', '.join(limits)})]" if limits else hint


def models_of(document: dict[str, Any]) -> str:
    """The text of models.py for an OpenAPI document."""
    return Writer(document["components"]["schemas"]).write()


def main(place: str, *options: str) -> int:
    text = urlopen(place).read().decode() if place.startswith("http") else Path(place).read_text()
    models = models_of(json.loads(text))
    if "--check" in options:
        return 0 if TARGET.read_text() == models else 1
    TARGET.write_text(models)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
