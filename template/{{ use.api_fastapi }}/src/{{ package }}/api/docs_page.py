"""The page that shows the API and tries it out, from our own address."""

from typing import Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

# Relative to the page, so that a prefix before it does no harm.
_FILES: Final = "docs/files"
_PARAMETERS: Final = {
    "displayRequestDuration": True,
    "filter": True,
    # A token is gone with the page, not left in the browser's storage.
    "persistAuthorization": False,
    "tryItOutEnabled": True,
}


def add_docs_page(app: FastAPI) -> None:
    """Serve Swagger UI under /docs, with the files of a package.

    FastAPI's own page takes what version a public server has on the day, shows it the
    token of whoever signs in, and stays blank without the internet.
    """
    files = StaticFiles(packages=[("fastapi_offline", "static")])
    app.mount(f"/{_FILES}", files, name="docs-files")

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=app.title,
            swagger_js_url=f"{_FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{_FILES}/swagger-ui.css",
            swagger_favicon_url=f"{_FILES}/favicon.png",
            swagger_ui_parameters=_PARAMETERS,
        )
