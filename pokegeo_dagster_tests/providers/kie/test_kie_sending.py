"""The one request that costs money: nothing that could fail on this machine is left for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pokegeo_dagster.providers.kie.camera import KlingCamera

CREATE = "POST /api/v1/jobs/createTask"
UPLOAD = "POST /api/file-stream-upload"


def test_a_picture_that_is_gone_after_the_preparation_is_ordered_all_the_same(
    kie, client, order, composite, room
):
    """An error of this machine's disk inside `submit` would look like a lost answer."""
    kie.script(UPLOAD, {"success": True, "code": 200, "data": {"downloadUrl": "https://up.test/f.png"}})
    kie.script(CREATE, {"code": 200, "data": {"taskId": "t1"}})
    job = KlingCamera(client, seconds=5).film(order(), composite, room)
    prepared = job.prepare(room)
    composite["main"].unlink()

    assert job.submit(prepared, room).task_id == "t1"
    assert len(kie.of(CREATE)) == 1


def test_a_picture_that_cannot_be_read_is_found_before_anything_is_sent(client, kie, order, composite, room):
    job = KlingCamera(client, seconds=5).film(order(), composite, room)
    Path(composite["main"]).unlink()

    with pytest.raises(FileNotFoundError):
        job.prepare(room)

    assert kie.asked == []
