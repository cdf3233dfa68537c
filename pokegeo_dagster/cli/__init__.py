"""The terminal: says what a person asked for to the same definitions that the UI shows.

`main` is the door: it sets the studio's home for Dagster, and turns whatever goes wrong into one
line that says what to do next.
"""

import os
import sys
from pathlib import Path

STOPPED = 130


def main() -> None:
    """Runs `pokegeo`. Exit codes: 0 done, 1 something could not be made, 2 the order is wrong,
    130 stopped by the user."""
    debug = "--debug" in sys.argv
    home = _point_dagster_here()
    from pokegeo_dagster.cli.commands import app
    from pokegeo_dagster.cli.dotenv_file import read_env_file
    from pokegeo_dagster.film.errors import ProductionError

    try:
        read_env_file(home)
        app(standalone_mode=True)
    except SystemExit as end:
        if end.code == STOPPED:  # what typer makes of Ctrl+C
            _say("Stopped. Run the same command again: it goes on where it stopped.")
        raise
    except ProductionError as error:
        if debug:
            raise
        _say(f"pokegeo: {error}")
        sys.exit(error.exit_code)
    except Exception as error:
        if debug:
            raise
        what = f"{type(error).__name__}: {error}"
        _say(f"pokegeo: something unforeseen: {what}. Run again with --debug for more.")
        sys.exit(1)


def _say(line: str) -> None:
    print(" ".join(line.split()), file=sys.stderr)


def _point_dagster_here() -> Path:
    """DAGSTER_HOME is the folder with this studio's `dagster.yaml`, whatever the shell says, so that
    every command writes the same history. A process of ours shows its own progress."""
    checkout = Path(__file__).resolve().parents[2]
    home = next((p for p in (Path.cwd(), checkout) if (p / "dagster.yaml").is_file()), None)
    if home is None:
        _say("pokegeo: no dagster.yaml here. Run pokegeo in the folder you cloned.")
        sys.exit(2)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["POKEGEO_TERMINAL"] = "1"
    return home
