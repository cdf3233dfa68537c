"""How takes are shown in the UI: pictures, players and text, by short URLs that stay valid."""

from typing import Any

import dagster as dg

from pokegeo_dagster.defs.office.takes import Take


def url(take: Take, part: str = "main") -> str:
    """The media service's URL of one part: it always serves the current take."""
    base = f"{take.studio.settings.service_url}/media/{take.place.episode}/{take.asset}/{take.place.key}"
    return base if part == "main" else f"{base}/{part}"


def picture(take: Take, part: str = "main", link: str | None = None) -> dg.MetadataValue:
    """A picture that opens `link` (the picture itself unless told)."""
    return dg.MetadataValue.md(f"[![{take.place}]({url(take, part)})]({link or url(take)})")


def player(take: Take, words: str, part: str = "main") -> dg.MetadataValue:
    """A link that plays in the browser. (The UI strips audio and video elements.)"""
    return dg.MetadataValue.md(f"[▶ {words}]({url(take, part)})")


def text(value: str) -> dg.MetadataValue:
    """Markdown, as it is."""
    return dg.MetadataValue.md(value)


def table(rows: list[dict[str, Any]]) -> dg.MetadataValue:
    """Rows of plain values as a table, columns as the first row has them."""
    columns = [dg.TableColumn(name) for name in rows[0]] if rows else []
    return dg.MetadataValue.table(
        records=[dg.TableRecord(row) for row in rows], schema=dg.TableSchema(columns=columns)
    )
