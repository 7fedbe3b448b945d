"""A site with a modern cluster: asked with the operator's own kubectl and kubeconfig."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from kwizard.lab import images
from kwizard.lab.clusterfile import MODERN_VERSION
from kwizard.lab.release import tarball_path
from tests.lab import extension
from tests.lab.footprint import Footprint
from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, NAMES, Site

WEB = "docker.io/lab/web:1"
NAME = "web.default.svc.cluster.local"


@functools.cache
def kubectl_program(folder: Path) -> Path:
    """kubectl out of the release, for the operator's side."""
    target = folder / "kubectl"
    with tarfile.open(tarball_path(MODERN_VERSION, nested=False)) as tar:
        member = tar.extractfile("kubernetes/server/bin/kubectl")
        assert member is not None
        target.write_bytes(member.read())
    target.chmod(0o755)
    return target


@dataclass
class Modern:
    """`site` with a modern cluster on it, or one to come. `context` of the operator's kubeconfig is
    taken; "" is its current one. `before`: what its hosts were, where that was noted."""

    site: Site
    name: str
    context: str = ""
    before: Mapping[str, Footprint] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The cluster's directory on the operator's side."""
        return self.site.folder / "state" / "clusters" / self.name

    def try_kubectl(
        self, arguments: str, *, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """kubectl, on the operator's side, as the operator."""
        return self.site.lab.exec(f"{self.kubectl_line()} {arguments}", input=input, timeout=90)

    def kubectl_line(self) -> str:
        """The program and the options that make it the operator's."""
        program = kubectl_program(self.site.folder)
        cache = self.site.folder / "kubectl-cache"
        config = f"--kubeconfig {self.state}/admin.kubeconfig --context={self.context!r}"
        return f"{program} {config} --cache-dir {cache}"

    def kubectl(self, arguments: str, *, input: str | None = None) -> str:
        """The same; asserts exit 0."""
        done = self.try_kubectl(arguments, input=input)
        assert done.returncode == 0, f"kubectl {arguments}\n{done.stdout}{done.stderr}"
        return done.stdout

    def ready_nodes(self) -> dict[str, str]:
        """Node name to its Ready condition's status; {} while the API does not answer."""
        done = self.try_kubectl("get nodes -o json")
        if done.returncode != 0:
            return {}
        return {
            n["metadata"]["name"]: next(
                c["status"] for c in n["status"]["conditions"] if c["type"] == "Ready"
            )
            for n in json.loads(done.stdout)["items"]
        }

    def verify(self) -> dict[str, Any]:
        """What `kwizard verify` says."""
        done = self.site.kwizard("verify", "--json", str(self.site.file))
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def well(self, seconds: float = 60) -> dict[str, Any]:
        """The first look of `kwizard verify` at which all is well. One look is a moment, and on a
        machine with too much to do there are some at which a member of etcd does not answer."""
        return eventually(self.verify, lambda v: v["ok"], seconds)

    def whole(self, seconds: float = 120) -> None:
        """Waits until every node is Ready and every ping is answered."""
        eventually(
            self.ready_nodes,
            lambda n: n.keys() == set(NAMES) and set(n.values()) == {"True"},
            seconds,
        )
        self.well(seconds)

    def start_web(self) -> None:
        """Six pods behind a service, and one on every node to ask it from."""
        archive_path = images.web(print).archive
        for node in NAMES:
            with archive_path.open("rb") as archive:
                load = self.site.lab.run_command(
                    node, "/usr/local/bin/ctr -n k8s.io images import --local -"
                )
                subprocess.run(load, stdin=archive, check=True, capture_output=True, timeout=60)
        self.kubectl(
            "apply -f -", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": _web()})
        )
        eventually(lambda: self._ready("deployment/web", "readyReplicas"), lambda n: n == 6, 90)
        eventually(lambda: self._ready("daemonset/ask", "numberReady"), lambda n: n == 3, 90)

    def start_extension(self, host: str) -> None:
        """An API of somebody else's, served by a small program on `host`."""
        made = extension.pair()
        clients = json.loads(
            self.kubectl("-n kube-system get configmap extension-apiserver-authentication -o json")
        )["data"]["requestheader-client-ca-file"]
        self.site.on(host, "mkdir -p /run/echo")
        for name, text in (
            ("clients.crt", clients),
            ("pair.pem", made.certificate + made.key),
            ("server.py", extension.SERVER),
        ):
            self.site.lab.run(host, f"cat >/run/echo/{name}", input=text)
        self.site.on(
            host,
            f"systemd-run --quiet --collect --unit={extension.UNIT}"
            f" /usr/bin/python3 /run/echo/server.py {extension.PORT}",
        )
        things = extension.objects(IPv4Address(ADDRESSES[host]), made.certificate)
        self.kubectl("apply -f -", input=extension.as_list(things))
        eventually(
            lambda: self.kubectl(
                f"get apiservice v1.{extension.GROUP} -o jsonpath="
                "'{.status.conditions[?(@.type==\"Available\")].status}'"
            ),
            lambda said: said.strip("'") == "True",
            60,
        )

    def _ready(self, what: str, field: str) -> int:
        return int(self.kubectl(f"get {what} -o jsonpath={{.status.{field}}}") or 0)

    def pod_on(self, node: str) -> str:
        """The pod to ask from on a node."""
        pods = json.loads(self.kubectl("get pods -l app=ask -o json"))["items"]
        return next(str(p["metadata"]["name"]) for p in pods if p["spec"]["nodeName"] == node)


def _web() -> list[dict[str, Any]]:
    container = {"name": "web", "image": WEB, "imagePullPolicy": "Never"}

    def template(app: str) -> dict[str, Any]:
        return {
            "metadata": {"labels": {"app": app}},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
        }

    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {
                "replicas": 6,
                "selector": {"matchLabels": {"app": "web"}},
                "template": template("web"),
            },
        },
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": "ask"},
            "spec": {"selector": {"matchLabels": {"app": "ask"}}, "template": template("ask")},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 80}]},
        },
    ]


def reach_the_service(cluster: Modern) -> None:
    """A service is reached by its name from a pod on every node."""
    cluster.start_web()
    address = cluster.kubectl("get service web -o jsonpath={.spec.clusterIP}").strip()
    for node in NAMES:
        pod = cluster.pod_on(node)
        found = cluster.kubectl(f"exec {pod} -- nslookup {NAME}")
        assert address in re.findall(r"Address:?\s+(?:\d+: )?([0-9.]+)", found)
        ask = f"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 {address} 80"
        assert "hello" in cluster.kubectl(f'exec {pod} -- sh -c "{ask}"')
