"""A pod on each node, from a local image."""

from __future__ import annotations

import json
import subprocess

from kwizard.lab import images
from tests.lab.seen import eventually
from tests.lab.site import Site

PODS = {"web-boba": "boba", "web-c3po": "c3po"}


def start_pods(site: Site) -> None:
    """Create the pods, bound to their nodes, and wait until they run."""
    image = images.web(print).archive
    for node in PODS.values():
        with image.open("rb") as archive:
            load = site.lab.run_command(node, "docker load")
            subprocess.run(load, stdin=archive, check=True, capture_output=True, timeout=60)
    for name, node in PODS.items():
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name},
            "spec": {
                "nodeName": node,
                "terminationGracePeriodSeconds": 1,
                "containers": [{"name": "web", "image": "lab/web:1", "imagePullPolicy": "Never"}],
            },
        }
        site.kubectl("apply -f -", input=json.dumps(pod))
    eventually(lambda: phases(site), lambda p: set(p.values()) == {"Running"}, 60)


def phases(site: Site) -> dict[str, str]:
    """Phase of each of the pods."""
    return {n: pod["status"]["phase"] for n, pod in _pods(site).items()}


def pod_addresses(site: Site) -> dict[str, str]:
    """Address of each of the pods."""
    return {n: pod["status"]["podIP"] for n, pod in _pods(site).items()}


def _pods(site: Site) -> dict[str, dict[str, dict[str, str]]]:
    found = json.loads(site.kubectl("get pods -o json"))["items"]
    return {p["metadata"]["name"]: p for p in found if p["metadata"]["name"] in PODS}
