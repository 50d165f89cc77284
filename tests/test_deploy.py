"""What the files for running in the open promise: no root, nothing writable but the data, a check of health."""

from __future__ import annotations

import configparser
import re
from typing import Any

import yaml

from tests.support.paths import ROOT

SERVICE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["netzlotse"]
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.M)


def test_the_image_runs_without_root_from_a_second_stage() -> None:
    assert len(instructions("FROM")) == 2
    assert instructions("USER") == ["10001:10001"]
    assert DOCKERFILE.rindex("\nUSER") < DOCKERFILE.index("\nCMD")
    assert instructions("VOLUME") == ["/data"]
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert "/readyz" in instructions("HEALTHCHECK")[0]
    assert all("--constraint constraints.txt" in run for run in instructions("RUN") if "pip install" in run)


def test_everything_that_the_image_copies_is_let_in_and_nothing_private() -> None:
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = {name for line in instructions("COPY") if "--from" not in line for name in line.split()[:-1]}
    assert allowed[0] == "*"
    assert copied <= {one[1:] for one in allowed if one.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)
    assert {"**/.env", "**/.netzlotse"} <= set(allowed)


def test_the_container_can_write_its_data_only_and_has_limits() -> None:
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICE["security_opt"]
    assert SERVICE["volumes"] == ["data:/data"]
    assert SERVICE["ports"] == ["127.0.0.1:7860:7860"]
    assert {"mem_limit", "cpus", "pids_limit", "healthcheck"} <= set(SERVICE)
    assert int(SERVICE["stop_grace_period"].removesuffix("s")) > 10


def test_the_unit_is_closed_and_waits_for_answers() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "deploy" / "netzlotse.service", encoding="utf-8")
    service = unit["Service"]
    for name in ("NoNewPrivileges", "DynamicUser", "ProtectHome", "PrivateTmp", "PrivateDevices", "LockPersonality"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert int(service["TimeoutStopSec"]) > 10
    assert "assistant serve --host 127.0.0.1" in service["ExecStart"]


def test_the_proxy_passes_pieces_on_and_the_server_trusts_it() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "flush_interval -1" in caddy
    assert "reverse_proxy 127.0.0.1:7860" in caddy
    assert "NETZLOTSE_TRUSTED_PROXIES=127.0.0.1" in (ROOT / "deploy" / "netzlotse.service").read_text(encoding="utf-8")
    config = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    gateway = config["networks"]["front"]["ipam"]["config"][0]["gateway"]
    assert SERVICE["environment"]["NETZLOTSE_TRUSTED_PROXIES"] == gateway
