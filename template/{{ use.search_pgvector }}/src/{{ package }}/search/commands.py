"""`search`: what operators do with the index."""

from typing import Annotated

import typer

from ..bootstrap import Container
from ..command import run_with_container
from ..core.console import out

app = typer.Typer(help="The search index.", no_args_is_help=True)


@app.command()
def query(
    words: Annotated[str, typer.Argument(help='Words, "phrases", -not, OR.')],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Hits to show.")] = 10,
) -> None:
    """Search as the API does, and show the hits."""

    async def work(container: Container) -> None:
        page = await container.search.search(container.database, words, limit=limit)
        for hit in page.items:
            out.print(f"{hit.score:.4f}  {hit.id}  {hit.title}", markup=False)
        if not page.items:
            out.print("Nothing was found.")

    run_with_container(work)


@app.command()
def reindex() -> None:
    """Index what is missing and embed what is stale; can be stopped and run again."""

    async def work(container: Container) -> None:
        batch = container.settings.search_embedding_batch
        progress = None
        async for progress in container.search.catch_up(
            container.database, batch=batch
        ):
            out.print(f"{progress.indexed} indexed, {progress.embedded} embedded")
        if progress is None:
            out.print("The index is complete.")

    run_with_container(work)


@app.command()
def status() -> None:
    """Show how many documents the index lags behind; exit 1 when it does."""

    async def work(container: Container) -> int:
        lag = await container.search.lag(container.database)
        out.print(f"{lag.missing} documents to index, {lag.stale} to embed")
        return lag.missing + lag.stale

    if run_with_container(work):
        raise typer.Exit(1)
