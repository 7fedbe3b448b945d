from __future__ import annotations

from kwizard.probes.components import Component, from_json, from_table, parse
from tests.pure.probes.recorded import said

ARTICLE = """\
NAME                 STATUS    MESSAGE              ERROR
controller-manager   Healthy   ok                   
scheduler            Healthy   ok                   
etcd-0               Healthy   {"health": "true"}   
"""  # noqa: W291


def test_the_table_of_the_article():
    assert from_table(ARTICLE) == (
        Component(name="controller-manager", status="Healthy", message="ok"),
        Component(name="etcd-0", status="Healthy", message='{"health": "true"}'),
        Component(name="scheduler", status="Healthy", message="ok"),
    )


def test_rows_come_sorted_whatever_the_order_of_the_server():
    head, *rows = ARTICLE.splitlines()
    shuffled = "\n".join([head, *reversed(rows)])
    assert from_table(shuffled) == from_table(ARTICLE)


def test_a_warning_above_the_table_and_blanks_in_a_message():
    text = """\
Warning: v1 ComponentStatus is deprecated in v1.19+
NAME        STATUS      MESSAGE                                                       ERROR
scheduler   Unhealthy   Get "http://127.0.0.1:10251/healthz": connection refused      nil
etcd-0      Odd         x                                                             no quorum
"""
    assert from_table(text) == (
        Component(name="etcd-0", status="Unknown", message="x", error="no quorum"),
        Component(
            name="scheduler",
            status="Unhealthy",
            message='Get "http://127.0.0.1:10251/healthz": connection refused',
        ),
    )


def test_no_table_is_no_rows():
    assert from_table("error: the server doesn't have a resource type") == ()
    assert from_json("[]") == ()


def test_a_table_is_taken_when_there_is_no_json():
    quoted = "".join(f"|{line}\n" for line in ARTICLE.splitlines())
    seen = parse(said(f"@components\n|\n=1\n@reason\n{quoted}=0\n"))
    assert seen.ok
    assert len(seen.rows) == 3


def test_components_are_asked_themselves_when_the_server_is_silent():
    seen = parse(
        said(
            "@components\n|\n=1\n@reason\n|The connection was refused\n=1\n"
            "@direct/scheduler\n|ok\n=0\n"
            "@direct/controller-manager\n|curl: (7) Failed to connect\n=7\n"
            '@direct/etcd-0\n|{"health":"true"}\n=0\n'
            '@direct/etcd-1\n|{"health":"false"}\n=0\n'
            "@direct/etcd-2\n|sh: wget: not found\n=127\n"
        )
    )
    assert seen.error == "The connection was refused"
    assert not seen.ok
    assert [(c.name, c.status) for c in seen.rows] == [
        ("controller-manager", "Unhealthy"),
        ("etcd-0", "Healthy"),
        ("etcd-1", "Unhealthy"),
        ("etcd-2", "Unknown"),
        ("scheduler", "Healthy"),
    ]


def test_a_server_that_hangs_is_told_apart_from_one_that_refuses():
    seen = parse(said("@components\n|\n=124\n@reason\n|\n=124\n"))
    assert seen.error == "the API server did not answer within 15 s"
