"""Probe scripts: templates under assets/probes, rendered to the exact bytes a host is asked to run.

Every one of them is read-only: it writes no file, starts and stops nothing. tests/pure/probes holds
them to that.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2

from kwizard.assets_dir import assets_dir


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets_dir() / "probes"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - shell, not HTML; values are addresses, names and numbers
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(name: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template names
    """assets/probes/`name`.sh with `values` filled in.

    Raises jinja2.UndefinedError when a value is missing, jinja2.TemplateNotFound for another name.
    """
    return _environment().get_template(f"{name}.sh").render(values)
