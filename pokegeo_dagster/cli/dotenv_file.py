"""`.env`: the settings and keys of this checkout, read by every command. Real variables win."""

import os
from pathlib import Path

VARIABLE = "POKEGEO_ENV_FILE"  # another file, or "none"


def read_env_file(folder: Path) -> None:
    """Adds to the environment what `.env` in `folder` says and the environment does not.

    POKEGEO_ENV_FILE names another file, or is "none". A variable that is set and empty stays empty.
    Raises OrderRefused when the named file is not there or what is there cannot be read.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == "none":
        return
    file = Path(named).expanduser() if named else folder / ".env"
    if not named and not file.is_file():
        return
    from dotenv import dotenv_values

    from pokegeo_dagster.film.errors import OrderRefused

    try:
        with file.open(encoding="utf-8-sig") as stream:
            found = dotenv_values(stream=stream, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise OrderRefused(f"{file} cannot be read ({why}): mend it, or set {VARIABLE}.") from error
    for name, value in found.items():
        if value is not None:
            os.environ.setdefault(name, value)
