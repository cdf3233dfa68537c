"""The Dagster instance of a studio: its history, artifacts and logs live in the studio's home.

`dagster.yaml` names these classes, so that one file serves SQLite and PostgreSQL and needs no
variable to be set.
"""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.compute_log_manager import CapturedLogContext
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._serdes import ConfigurableClassData

from pokegeo_dagster.defs.office.history import SqliteHistory
from pokegeo_dagster.storage.settings import studio_home

ORDER_TAG = "pokegeo/order"  # the order of the studio's own queue that a run works off
PLACE_TAG, BY_HAND = "pokegeo/place", "by hand"
HISTORY_VARIABLE = "POKEGEO_DAGSTER_DATABASE_URL"
TERMINAL_VARIABLE = "POKEGEO_TERMINAL"  # set by commands that show their own progress


def _folder() -> str:
    folder = studio_home(os.environ) / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


class StudioHistory(DagsterStorage):
    """SQLite in the studio's home, or PostgreSQL when POKEGEO_DAGSTER_DATABASE_URL says so."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: object
    ) -> DagsterStorage:
        url = os.environ.get(HISTORY_VARIABLE, "")
        if not url:
            return SqliteHistory.from_local(_folder())
        from pokegeo_dagster.defs.office.history_postgres import PostgresHistory  # its driver is an extra

        return PostgresHistory(url)


class StudioQueue(QueuedRunCoordinator):
    """Dagster's own queue of runs. What a person started is marked, so that `dagster.yaml` can limit it;
    what the studio begins by itself had its turn already."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        run = context.dagster_run
        if ORDER_TAG not in run.tags:
            self._instance.add_run_tags(run.run_id, {PLACE_TAG: BY_HAND})
        return super().submit_run(context)


class StudioArtifacts(LocalArtifactStorage):
    """Run artifacts under the studio's home."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: object
    ) -> LocalArtifactStorage:
        return cls(base_dir=_folder(), inst_data=inst_data)


class StudioComputeLogs(LocalComputeLogManager):
    """Captured output under the studio's home; a command with its own progress display is not captured."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: object
    ) -> LocalComputeLogManager:
        return cls(base_dir=str(Path(_folder()) / "logs"), inst_data=inst_data)

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Generator[CapturedLogContext, None, None]:
        if os.environ.get(TERMINAL_VARIABLE):
            yield CapturedLogContext(log_key)
            return
        with super().capture_logs(log_key) as context:
            yield context
