"""A document in the shape that a schema asks for: JSON Schema, or Gemini's upper-case dialect."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


class SchemaUnfit(ValueError):
    """The schema asks for something this cannot make."""


def fitted(value: Any, schema: Schema, root: Schema | None = None) -> Any:
    """`value` cut to the schema: unknown fields left out, missing required ones made up.

    Made-up values are the plainest that the schema allows.
    """
    root = schema if root is None else root
    schema = resolved(schema, root)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return _of_branch(value, [resolved(b, root) for b in branches], root)
    kind = _kind(schema)
    if value is None:
        return None if schema.get("nullable") or kind == "null" else _plainest(schema, root)
    if kind == "object" or "properties" in schema:
        return _object(value, schema, root)
    if kind == "array":
        if not isinstance(value, list | tuple):
            return _plainest(schema, root)
        return [fitted(v, schema.get("items") or {}, root) for v in value]
    return value if _right(value, kind, schema) else _plainest(schema, root)


def resolved(schema: Schema, root: Schema) -> Schema:
    """The schema itself, where it only points at a definition."""
    if set(schema.get("allOf") or ()) and len(schema["allOf"]) == 1:
        return resolved(schema["allOf"][0] | {k: v for k, v in schema.items() if k != "allOf"}, root)
    if "$ref" not in schema and "ref" not in schema:
        return schema
    place: Any = root
    for step in str(schema.get("$ref") or schema.get("ref")).removeprefix("#/").split("/"):
        if not isinstance(place, dict) or step not in place:
            raise SchemaUnfit(f"the schema points at {schema}, which it does not define")
        place = place[step]
    return resolved(place, root)


def _kind(schema: Schema) -> str:
    kind = schema.get("type", "")
    if isinstance(kind, list):
        kind = next((k for k in kind if str(k).lower() != "null"), "null")
    return str(kind).lower()


def _of_branch(value: Any, branches: list[Schema], root: Schema) -> Any:
    wanted = {
        type(None): "null", dict: "object", list: "array", str: "string", bool: "boolean", int: "integer",
        float: "number",
    }.get(type(value), "")  # fmt: skip
    for branch in branches:
        kind = _kind(branch) or ("object" if "properties" in branch else "")
        if kind == wanted or (wanted == "integer" and kind == "number"):
            return fitted(value, branch, root)
    return fitted(value, branches[0], root)


def _object(value: Any, schema: Schema, root: Schema) -> dict[str, Any]:
    given = value if isinstance(value, dict) else {}
    fields = schema.get("properties") or {}
    if not fields:
        return dict(given)
    required = set(schema.get("required") or ())
    return {
        name: fitted(given.get(name), fields[name], root)
        for name in fields
        if name in given or name in required
    }


def _right(value: Any, kind: str, schema: Schema) -> bool:
    if schema.get("enum") and value not in schema["enum"]:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    }  # fmt: skip
    return kind not in kinds or isinstance(value, kinds[kind])


def _plainest(schema: Schema, root: Schema) -> Any:
    for given in ("default", "const"):
        if given in schema:
            return schema[given]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = _kind(schema)
    if kind == "object" or "properties" in schema:
        return _object({}, schema, root)
    if kind == "array":
        fewest = int(schema.get("minItems") or schema.get("min_items") or 0)
        return [_plainest(resolved(schema.get("items") or {}, root), root) for _ in range(fewest)]
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    if kind == "boolean":
        return False
    if kind == "string":
        return "as asked".ljust(int(schema.get("minLength") or schema.get("min_length") or 0), ".")
    return None
