"""Embeddings from an API that speaks OpenAI's protocol."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.errors import UnavailableError
from ..core.http import http_client
from ..core.settings import Settings
from ..resilience.retry import call_with_retries
from .embeddings import Embedder, LocalEmbedder
from .models import DIMENSIONS


class _Embedding(BaseModel):
    model_config = ConfigDict(frozen=True)

    index: int
    embedding: list[float] = Field(min_length=DIMENSIONS, max_length=DIMENSIONS)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)

    data: list[_Embedding]


class ApiEmbedder:
    """Asks an embeddings API, in batches, with retries and timeouts."""

    immediate = False

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        """Use a client whose base address and key are set."""
        self._client = client
        self._settings = settings
        self.model = f"{settings.search_embedding_model}-{DIMENSIONS}"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Compute the vectors in as many calls as the batch size needs.

        Raises:
            UnavailableError: The API refuses, or does not answer as agreed.
        """
        size = self._settings.search_embedding_batch
        vectors: list[list[float]] = []
        for start in range(0, len(texts), size):
            vectors += await self._embed_batch(texts[start : start + size])
        return vectors

    async def _embed_batch(self, texts: Sequence[str]) -> list[list[float]]:
        async def call() -> httpx.Response:
            response = await self._client.post(
                "embeddings",
                json={
                    "model": self._settings.search_embedding_model,
                    "input": list(texts),
                    "dimensions": DIMENSIONS,
                    "encoding_format": "float",
                },
            )
            return response.raise_for_status()

        try:
            response = await call_with_retries(call, self._settings)
            answer = _Answer.model_validate_json(response.content)
        except httpx.HTTPError as error:
            message = "The embeddings API does not answer."
            raise UnavailableError(message, hint=_hint(error)) from error
        except ValidationError as error:
            message = "The embeddings API gave an answer that cannot be read."
            hint = f"SEARCH_EMBEDDING_MODEL has to give {DIMENSIONS} dimensions."
            raise UnavailableError(message, hint=hint) from error
        if len(answer.data) != len(texts):
            message = "The embeddings API gave too few vectors."
            raise UnavailableError(message)
        return [item.embedding for item in sorted(answer.data, key=_position)]


def _position(item: _Embedding) -> int:
    return item.index


def _hint(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return (
            f"It answered {error.response.status_code}: check "
            "SEARCH_EMBEDDING_API_KEY and SEARCH_EMBEDDING_MODEL."
        )
    return "Check SEARCH_EMBEDDING_URL and the network."


@asynccontextmanager
async def open_embedder(settings: Settings) -> AsyncGenerator[Embedder]:
    """Open the embedder that the settings name.

    Args:
        settings: `SEARCH_EMBEDDINGS` and, for an API, its address and key.

    Yields:
        The embedder; its connections are closed afterwards.
    """
    key = settings.search_embedding_api_key
    if settings.search_embeddings == "local" or key is None:
        yield LocalEmbedder()
        return
    address = settings.search_embedding_url.rstrip("/") + "/"
    async with http_client(settings, base_url=address) as client:
        client.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        yield ApiEmbedder(client, settings)
