"""The API's description as it is kept in the repository."""

import json

from ..core.settings import load_settings
from .app import create_app


def contract_json() -> str:
    """Return the OpenAPI document that the code describes, the same everywhere."""
    app = create_app(load_settings(environment="test"))
    return (
        json.dumps(app.openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )
