"""The published schema, as tests use it."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema

SCHEMA = json.loads(files("kwizard.cluster").joinpath("cluster.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
