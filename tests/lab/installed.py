"""What holds of every modern installation, whatever its settings are: everything is asked of the
cluster itself, with the operator's own kubeconfig. Nothing is collected here; the classes are
inherited by tests that bring a cluster."""

from __future__ import annotations

import base64
import json
import re
import shlex
import stat
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.lab import extension
from tests.lab.daemons import invocations, started_again
from tests.lab.modern import Modern, reach_the_service
from tests.lab.site import ADDRESSES, MASTER, NAMES, Site, jobs_begun

PKI = "/etc/kubernetes/pki"
PATHS = {
    "kube-apiserver": ("", "api", "version", "healthz", "readyz", "api/v1/nodes", "metrics"),
    "kube-controller": ("metrics", "configz"),
    "kube-scheduler": ("metrics", "configz"),
    "kubelet": ("pods", "metrics", "healthz", "logs/", "configz", "containerLogs/a/b/c"),
    "etcd": ("", "version", "health", "metrics", "v3/kv/range"),
}
"""What a program of that name (as the kernel shortens it) has to hide."""


class Installed:
    """Tests of an installation; who inherits them brings the fixture `cluster`."""

    def test_the_api_is_ready_and_three_nodes_are(self, cluster: Modern):
        said = cluster.kubectl("get --raw /readyz?verbose")
        assert "[-]" not in said
        assert "readyz check passed" in said
        assert cluster.ready_nodes() == dict.fromkeys(NAMES, "True")

    def test_verify_shows_every_part_and_27_pings(self, cluster: Modern):
        seen = cluster.well()
        assert {c["name"]: c["status"] for c in seen["components"]} == dict.fromkeys(
            (
                "kube-apiserver",
                "kube-controller-manager",
                "kube-scheduler",
                *(f"etcd-{name}" for name in NAMES),
            ),
            "Healthy",
        )
        assert len(seen["matrix"]["cells"]) == 27
        assert all(c["received"] >= 1 for c in seen["matrix"]["cells"])

    def test_a_service_is_reached_by_its_name_from_every_node(self, cluster: Modern):
        reach_the_service(cluster)

    def test_logs_and_exec_work_on_every_node(self, cluster: Modern):
        cluster.start_web()
        for node in NAMES:
            pod = cluster.pod_on(node)
            assert cluster.kubectl(f"exec {pod} -- echo {node}").strip() == node
            cluster.kubectl(f"logs {pod}")

    def test_port_forward_reaches_a_pod(self, cluster: Modern):
        cluster.start_web()
        pod = cluster.pod_on("c3po")
        forward = f"port-forward pod/{pod} 18080:80 >/dev/null 2>&1 & forward=$!"
        ask = "curl -s --retry 20 --retry-delay 1 --retry-connrefused http://127.0.0.1:18080/"
        said = cluster.site.lab.exec(
            f"{cluster.kubectl_line()} {forward}; {ask}; kill $forward", timeout=60
        )
        assert "hello" in said.stdout

    def test_an_api_of_somebody_elses_answers_through_the_api_server(self, cluster: Modern):
        """The front proxy is whole: the extension server takes only the front proxy's certificate,
        and is told who asks."""
        port = (
            f"systemctl -q is-active firewalld || exit 0; firewall-cmd -q {{}}={extension.PORT}/tcp"
        )
        cluster.site.on("boba", port.format("--add-port"))
        cluster.start_extension("boba")
        said = json.loads(cluster.kubectl(f"get --raw /apis/{extension.GROUP}/v1/echoes"))
        assert said["caller"] == "front-proxy-client"
        assert said["user"] == "kwizard-admin"
        assert "system:masters" in said["groups"]
        url = f"https://{ADDRESSES['boba']}:{extension.PORT}/apis/{extension.GROUP}/v1/echoes"
        proxys = f"--cert {PKI}/kube-proxy.crt --key {PKI}/kube-proxy.key"
        for options in ("", proxys):  # nobody else gets in by the side door
            assert asked(cluster.site, "boba", url, options) == "000"
        cluster.kubectl(f"delete apiservice v1.{extension.GROUP}")
        cluster.site.on("boba", f"systemctl stop {extension.UNIT}")
        cluster.site.on("boba", port.format("--remove-port"))

    def test_the_operators_secrets_are_the_operators_alone(self, cluster: Modern):
        kubeconfig = cluster.state / "admin.kubeconfig"
        assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
        for path in (cluster.state / "pki").rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)

    def test_no_secret_is_in_a_script_a_log_or_the_journal(self, cluster: Modern):
        keys = {
            line
            for path in (cluster.state / "pki").rglob("*.key")
            for line in path.read_text().splitlines()
            if not line.startswith("-----")
        }
        assert len(keys) > 20
        token = cluster.state / "pki" / "bootstrap-token"
        if token.exists():
            keys.add(token.read_text().split()[0].partition(".")[2])
        told = [cluster.state / "journal.jsonl", *(cluster.state / "logs").glob("*")]
        for path in told:
            text = path.read_text()
            assert "PRIVATE KEY" not in text
            assert not {k for k in keys if k in text}, path
        for name in NAMES:
            found = cluster.site.lab.run(
                name, "grep -rIl 'PRIVATE KEY' /var/lib/kwizard /var/log /tmp; true"
            )
            assert found.stdout == ""

    def test_the_token_is_gone_everywhere(self, cluster: Modern):
        """It was on every host and in etcd; now the operator alone has it."""
        token = cluster.state / "pki" / "bootstrap-token"
        if "join: certificates" in cluster.site.file.read_text():
            assert not token.exists()
            return
        secret = token.read_text().split()[0].partition(".")[2]
        places = "/etc/kubernetes /var/lib/kwizard /var/log /var/lib/kubelet /tmp"
        for name in NAMES:
            looked = f"grep -rIlF {secret} {places}; journalctl --no-pager | grep -F {secret}; true"
            assert cluster.site.on(name, looked) == ""
        assert "bootstrap-token" not in cluster.kubectl("-n kube-system get secrets -o name")

    def test_a_forged_request_is_left_while_a_true_one_is_approved(self, cluster: Modern):
        """boba, in the wrong hands, asks for anakin's address too; and needs a new certificate."""
        if "join: certificates" in cluster.site.file.read_text():
            pytest.skip("nobody asks for a certificate here")
        boba = (ADDRESSES["boba"], "boba", "system:node:boba")
        forged = requested(*boba, also=ADDRESSES[MASTER])
        assert as_node(cluster.site, "boba", "csr-forged", forged) == "201"
        stolen = requested(ADDRESSES["c3po"], "c3po", "system:node:c3po")
        assert as_node(cluster.site, "boba", "csr-stolen", stolen) == "403"
        pem = "/var/lib/kubelet/pki/kubelet-server"
        cluster.site.on("boba", f"rm {pem}-*; systemctl restart kubelet")
        cluster.site.apply()
        log = (cluster.state / "logs" / "nodes.serving@anakin.log").read_text()
        assert "not approved: csr-forged of system:node:boba asks for other names" in log
        conditions = "get csr csr-forged -o jsonpath={.status}"
        assert cluster.kubectl(conditions) == "{}"
        assert cluster.site.on("boba", f"cat {pem}-current.pem").count("BEGIN CERTIFICATE") == 1
        assert cluster.kubectl("get --raw /api/v1/nodes/boba/proxy/healthz") == "ok"

    def test_what_a_person_changes_is_in_the_audit_log_and_no_secret_is(self, cluster: Modern):
        cluster.kubectl("create secret generic hush --from-literal=word=swordfish")
        cluster.kubectl("create serviceaccount told")
        log = "/var/log/kubernetes/audit.log"
        lines = cluster.site.on(MASTER, f"cat {log}").splitlines()
        made = [e for e in map(json.loads, lines) if e["verb"] == "create"]
        (hush,) = [e for e in made if e["objectRef"].get("name") == "hush"]
        (told,) = [e for e in made if e["objectRef"].get("name") == "told"]
        assert (hush["level"], told["level"]) == ("Metadata", "Request")
        assert {e["user"]["username"] for e in (hush, told)} == {"kwizard-admin"}
        assert told["requestObject"]["kind"] == "ServiceAccount"
        assert "swordfish" not in "".join(lines)
        assert "c3dvcmRmaXNo" not in "".join(lines)  # the same in base64
        assert cluster.site.on(MASTER, f"stat -c %a {log}").strip() == "600"

    def test_secrets_are_encrypted_in_etcd_where_asked(self, cluster: Modern):
        cluster.kubectl("create secret generic kept --from-literal=word=swordfish")
        kept = cluster.site.on(
            MASTER,
            f"etcdctl --endpoints=https://127.0.0.1:2379 --cacert={PKI}/etcd-ca.crt"
            f" --cert={PKI}/etcd-client.crt --key={PKI}/etcd-client.key"
            " get /registry/secrets/default/kept | tr -cd ' -~'",
        )
        encrypted = "encrypt_secrets: true" in cluster.site.file.read_text()
        assert ("k8s:enc:secretbox:v1:kwizard:" in kept) == encrypted
        assert ("swordfish" in kept) == (not encrypted)
        word = cluster.kubectl("get secret kept -o jsonpath={.data.word}")
        assert word == "c3dvcmRmaXNo"

    def test_a_node_has_the_labels_and_taints_of_its_host(self, cluster: Modern):
        node = json.loads(cluster.kubectl("get node boba -o json"))
        wanted = "labels:" in cluster.site.file.read_text()
        taint = {"key": "dedicated", "value": "db", "effect": "PreferNoSchedule"}
        assert (node["metadata"]["labels"].get("disk") == "ssd") == wanted
        assert (taint in node["spec"].get("taints", [])) == wanted

    @pytest.mark.parametrize("name", NAMES)
    def test_nobody_without_the_right_certificate_is_let_in(self, cluster: Modern, name: str):
        """Every TCP listener but sshd's is asked without a certificate, and with one of another
        authority. What listens without TLS is on the host's own loopback."""
        listening = cluster.site.on(name, "ss -lntHp")
        ports = set(
            re.findall(r"^\S+\s+\S+\s+\S+\s+(\S+):(\d+)\s.*\(\(\"([^\"]+)", listening, re.MULTILINE)
        )
        assert {p for _, p, _ in ports} >= {"10250", "2379", "2380"}
        for address, port, owner in sorted(ports):
            if owner == "sshd":
                continue
            if port in ("10248", "10249", "10256") or owner == "containerd":
                assert address == "127.0.0.1", f"{owner} listens on {address}:{port}"
                continue
            to = ADDRESSES[name] if address in ("*", "0.0.0.0", "[::]") else address
            other = "kube-proxy" if owner == "etcd" else "etcd-client"
            for how in ("", f"--cert {PKI}/{other}.crt --key {PKI}/{other}.key"):
                for path in PATHS[owner]:
                    answer = asked(cluster.site, name, f"https://{to}:{port}/{path}", how)
                    assert answer in ("000", "401", "403"), f"{owner} {port}/{path}: {answer}"

    def test_who_is_known_may_do_only_what_is_theirs(self, cluster: Modern):
        proxy = f"--cert {PKI}/kube-proxy.crt --key {PKI}/kube-proxy.key"
        kubelet = f"https://{ADDRESSES['boba']}:10250/pods"
        assert asked(cluster.site, "boba", kubelet, proxy) == "403"
        monitor = "/usr/local/bin/kubectl --kubeconfig /etc/kubernetes/monitor.kubeconfig"
        refused = cluster.site.lab.run(MASTER, f"{monitor} get secrets -A")
        assert refused.returncode != 0
        assert "forbidden" in refused.stderr

    def test_a_second_apply_runs_no_script(self, cluster: Modern):
        cluster.site.apply_again()

    def test_a_host_whose_certificate_changed_is_given_the_new_one(self, cluster: Modern):
        """The operator loses one certificate: apply makes it anew and brings it, to that host, and
        starts the daemon again that holds on to it."""
        site = cluster.site
        of_etcd = "store: etcd" in site.file.read_text()
        name, daemon = ("etcd-client", "flanneld") if of_etcd else ("kube-proxy", "kube-proxy")
        before, running = site.on("boba", f"cat {PKI}/{name}.crt"), invocations(site)
        (cluster.state / "pki" / "boba" / f"{name}.crt").unlink()
        begun = jobs_begun(site.apply())
        assert {host for step, host in begun if step == "hosts/certificates"} == {"boba"}
        assert site.on("boba", f"cat {PKI}/{name}.crt") != before
        assert started_again(running, invocations(site)) == {("boba", daemon)}
        cluster.whole()


class Restarts:
    """And these, which come last."""

    @pytest.mark.parametrize("name", [MASTER, "boba"])
    def test_a_rebooted_host_comes_back_by_itself(self, cluster: Modern, name: str):
        """c3po is what boba is."""
        if "mode: nftables" in cluster.site.file.read_text() and name != MASTER:
            pytest.skip("a worker was rebooted with iptables; here the master stands for all")
        cluster.site.lab.reboot(name)
        cluster.whole()

    def test_power_off_and_on_brings_all_of_it_back(self, cluster: Modern):
        before = leased(cluster.site)
        cluster.site.lab.power_cut()
        cluster.site.lab.power_on()
        cluster.whole(180)
        assert leased(cluster.site) == before


def times(events: list[dict[str, Any]]) -> str:
    """Seconds from the start of the run to the end of some steps, on the last host."""
    begin = datetime.fromisoformat(events[0]["time"])
    wanted = ("release/unpack", "hosts/etcd-healthy", "control-plane/ready", "verify/nodes-ready")
    ends = {
        e["step"]: (datetime.fromisoformat(e["time"]) - begin).total_seconds()
        for e in events
        if e["event"] == "step.finished" and e["step"] in wanted
    } | {"all": events[-1]["seconds"]}
    return ", ".join(f"{step} {seconds:.1f}" for step, seconds in ends.items())


def leased(site: Site) -> dict[str, str]:
    """Each host's subnet as flannel wrote it: 10.244.1.0/24."""
    subnets = {name: site.subnet_env(name)["FLANNEL_SUBNET"] for name in NAMES}
    return {name: text.replace(".1/", ".0/") for name, text in subnets.items()}


def requested(address: str, name: str, user: str, *, also: str = "") -> bytes:
    """A request for a certificate to answer with, of a key of our own."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "system:nodes"),
            x509.NameAttribute(NameOID.COMMON_NAME, user),
        ]
    )
    addresses = [x509.IPAddress(IPv4Address(a)) for a in (address, also) if a]
    builder = x509.CertificateSigningRequestBuilder(subject).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name), *addresses]), critical=False
    )
    key = ec.generate_private_key(ec.SECP256R1())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def as_node(site: Site, host: str, name: str, request: bytes) -> str:
    """Send a request with the node's own certificate; the status of the answer."""
    body = {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {
            "request": base64.b64encode(request).decode(),
            "signerName": "kubernetes.io/kubelet-serving",
            "usages": ["digital signature", "server auth"],
        },
    }
    mine = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    url = f"https://{ADDRESSES[MASTER]}:6443/apis/certificates.k8s.io/v1/certificatesigningrequests"
    options = f"--cert {mine} --key {mine} -H 'Content-Type: application/json'"
    return asked(site, host, url, f"{options} -d {shlex.quote(json.dumps(body))}")


def asked(site: Site, host: str, url: str, options: str) -> str:
    """The status of an answer; 000 when the connection was not even made."""
    line = f"curl -sk -m 5 -o /dev/null -w '%{{http_code}}' {options} {url}; true"
    return site.on(host, line).strip()
