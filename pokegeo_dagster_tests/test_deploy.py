"""What is written for other machines, as far as it can be checked without them."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
FILES = ["compose.yaml", "kubernetes/values.yaml", "kubernetes/media.yaml"]


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def test_every_service_waits_for_services_there_are_and_uses_volumes_there_are() -> None:
    (compose,) = documents("compose.yaml")

    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert named <= set(compose["volumes"]), name
        used = {config["source"] for config in service.get("configs", [])}
        assert used <= set(compose["configs"]), name


def test_nothing_is_published_beyond_the_host() -> None:
    (compose,) = documents("compose.yaml")
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", FILES)
def test_no_secret_is_written_down(name: str) -> None:
    text = re.sub(r"\$\{[^}]*\}", "${…}", (DEPLOY / name).read_text())
    said = re.findall(r"(?im)^[^#\n]*?\b\w*(?:password|secret_key|api_key|token)\w*:[ ]*(\S+)", text)

    assert all(value.startswith("${") for value in said), said


def test_what_the_containers_run_is_in_the_package() -> None:
    (compose,) = documents("compose.yaml")
    (values,) = documents("kubernetes/values.yaml")
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    modules = [compose["services"]["code"]["command"][4], deployment["dagsterApiGrpcArgs"][1]]

    assert all(importlib.util.find_spec(module) for module in modules)


def test_a_killed_run_is_noticed_within_a_minute_wherever_the_studio_runs() -> None:
    ours = yaml.safe_load((DEPLOY.parent / "dagster.yaml").read_text())["run_monitoring"]
    theirs = documents("kubernetes/values.yaml")[0]["dagsterDaemon"]["runMonitoring"]

    for poll_s, free_s in (
        (ours["poll_interval_seconds"], ours["free_slots_after_run_end_seconds"]),
        (theirs["pollIntervalSeconds"], theirs["freeSlotsAfterRunEndSeconds"]),
    ):
        assert 2 * poll_s + free_s <= 60
