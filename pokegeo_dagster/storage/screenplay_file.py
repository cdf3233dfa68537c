"""The screenplay as a file a person edits: comfortable YAML out, the same screenplay back in."""

from __future__ import annotations

from typing import Any

import yaml

from pokegeo_dagster.film.errors import ScreenplayInvalid
from pokegeo_dagster.film.sound.pacing import spoken_seconds
from pokegeo_dagster.film.story.rules import screenplay_from_data
from pokegeo_dagster.film.story.screenplay import Screenplay

_HEAD = """\
# The screenplay. Edit any line and hand the file back: only what changed is made again.
# A clip is a breathing photograph: one still image, and one small movement in it.
# Narration reads in 6 to 8 seconds (15 to 20 words); an ellipsis (...) is a pause.
"""
_REFERENCES = """\
# Every image that is drawn once and used again. The first character is the sheet: it keeps the
# animal the same animal. Pose, prop and setting take the studio's own words.
"""
_SHOTS = """\
# The clips in their order, through the beats hook, trigger, context, clash, twist, closing.
# A subject's x is its middle and y its foot (0-1 from the top left); height is its share of the
# frame. Motion goes by importance: action, details, sequence, environment, and the camera last.
# `split: {plate: ref_15, subjects: [...]}` makes a shot a split screen: its own plate and subjects are
# the left half, split's are the right one, each measured in its own half.
"""


def read_screenplay(
    text: str, where: str, clip_count: int | None = None, references: int | None = None
) -> Screenplay:
    """The screenplay in a YAML or JSON text, if it can be filmed. `where` names the file to its writer;
    the numbers are those of `rules.complaints`.

    Raises ScreenplayInvalid: broken YAML by line and column, wrong fields by place and clip, broken
    rules by clip.
    """
    try:
        data = yaml.load(text, Loader=_Careful)  # noqa: S506 - it is a SafeLoader
    except yaml.YAMLError as error:
        raise ScreenplayInvalid(where, [_broken(error)]) from None
    except (RecursionError, ValueError) as error:  # ten thousand brackets; a date of the 40th of May
        raise ScreenplayInvalid(where, [f"the text cannot be read as YAML ({error})"]) from None
    return screenplay_from_data(data, where, clip_count, references)


def write_screenplay(screenplay: Screenplay) -> str:
    """The screenplay as commented YAML. The same screenplay always gives the same text, and
    `read_screenplay` gives back an equal one."""
    data = screenplay.model_dump(mode="json", exclude_none=True)
    references, shots = data.pop("references"), data.pop("shots")
    blocks = [_HEAD, _yaml(data), "\n", _REFERENCES, "references:\n"]
    blocks += [_item(row, "") for row in references]
    blocks += ["\n", _SHOTS, "shots:\n"]
    blocks += [_item(row, f"\n# about {spoken_seconds(row['narration']):.1f} s spoken\n") for row in shots]
    return "".join(blocks)


def _item(row: dict[str, Any], heading: str) -> str:
    return heading + _yaml([row])


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Comfortable, sort_keys=False, allow_unicode=True, width=100)


class _Careful(yaml.SafeLoader):
    """Refuses a key that is written twice: YAML would keep the last one and say nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} is written twice", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class _Comfortable(yaml.SafeDumper):
    """Indented lists, no anchors, small values on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _short_mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    flat = "reference" in data or "vantage" in data  # a placement, a setting
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=flat)


_Comfortable.add_representer(dict, _short_mapping)


def _broken(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "this is not YAML"
    if mark is None:
        return f"the text cannot be read as YAML ({problem})"
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}; mend the YAML there"
