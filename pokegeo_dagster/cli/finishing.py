"""What `pokegeo produce` is asked to finish a film with, put on its brief."""

from dataclasses import dataclass

from pokegeo_dagster.film.edit.finish import Finish
from pokegeo_dagster.film.story.brief import Brief


@dataclass(frozen=True)
class Finishing:
    """What was said on the command line. None: nothing was said, and the brief keeps what it has."""

    plain: bool = False
    title_card: bool | None = None
    end_card: bool | None = None

    def put_on(self, brief: Brief) -> Brief:
        """The brief with this finish. Raises BriefRefused when it cannot be."""
        kept = Finish() if self.plain or brief.finish is None else brief.finish
        asked = {"title_card": self.title_card, "end_card": self.end_card}
        changes = {name: value for name, value in asked.items() if value is not None}
        finish = kept.model_copy(update=changes)
        return brief.model_copy(update={"finish": None if finish.is_plain else finish})


AS_FILED = Finishing()
