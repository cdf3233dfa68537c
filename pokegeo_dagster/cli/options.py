"""What several commands are asked in the same words."""

from typing import Annotated

import typer

Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when something breaks.")]
Episode = Annotated[str, typer.Argument(help="The episode, for example haunter.")]
