"""The shape of an answer, as Gemini's structured output understands it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

# Of the keywords that responseJsonSchema documents, those that carry shape. Anything undocumented is
# ignored or answered with 400, depending on the model (ai.google.dev/api/generate-content, seen 2026-11).
_KEPT = frozenset({
    "type", "description", "enum", "additionalProperties", "required",
})  # fmt: skip
_TOLD = {
    "pattern": "matches {}", "minLength": "at least {} characters", "maxLength": "at most {} characters",
    "minimum": "at least {}", "maximum": "at most {}", "exclusiveMinimum": "more than {}",
    "minItems": "at least {} items", "maxItems": "at most {} items",
}  # fmt: skip


def answer_schema(model: type[BaseModel], without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A model's JSON schema in the documented subset, without the top-level fields `without`.

    Bounds become words: long bounded lists of bounded numbers make the decoder refuse a schema
    («too many states for serving»), and every bound is checked here again anyway.
    """
    schema = model.model_json_schema()
    for name in without:
        schema["properties"].pop(name)
        schema["required"] = [field for field in schema.get("required", ()) if field != name]
    return _slim(schema)


def _slim(node: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return {"$ref": node["$ref"]}  # a reference must stand alone
    out: dict[str, Any] = {}
    for word, value in node.items():
        if word in ("properties", "$defs"):
            out[word] = {name: _slim(child) for name, child in value.items()}
        elif word == "items":
            out[word] = _slim(value)
        elif word == "anyOf":
            out[word] = [_slim(child) for child in value]
        elif word in _KEPT:
            out[word] = value
    told = [words.format(node[word]) for word, words in _TOLD.items() if word in node]
    if told:
        out["description"] = ". ".join([*filter(None, [out.get("description")]), ", ".join(told)])
    return out
