"""Embeddings from an API that speaks OpenAI's protocol."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.http import http_client
from ..core.logging import get_logger
from ..core.settings import Settings
from ..resilience.categories import ErrorCategory, categorize, register_category
from ..resilience.network import NetworkMonitor
from ..resilience.outgoing import OutgoingClient
from .embeddings import Embedder, LocalEmbedder
from .errors import EmbeddingsError
from .models import DIMENSIONS

_log = get_logger(__name__)


class _Embedding(BaseModel):
    model_config = ConfigDict(frozen=True)

    index: int
    embedding: list[float] = Field(min_length=DIMENSIONS, max_length=DIMENSIONS)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)

    data: list[_Embedding]


class ApiEmbedder:
    """Asks an embeddings API, in batches; a failing API is left alone for a while."""

    immediate = False

    def __init__(self, client: OutgoingClient, settings: Settings) -> None:
        """Use a client whose base address and key are set."""
        self._client = client
        self._settings = settings
        self.model = f"{settings.search_embedding_model}-{DIMENSIONS}"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Compute the vectors in as many calls as the batch size needs.

        Raises:
            EmbeddingsError: The API refuses, or does not answer as agreed.
            CircuitOpenError: It failed too often of late.
            OfflineError: The network stays away.
        """
        size = self._settings.search_embedding_batch
        vectors: list[list[float]] = []
        for start in range(0, len(texts), size):
            vectors += await self._embed_batch(texts[start : start + size])
        return vectors

    async def _embed_batch(self, texts: Sequence[str]) -> list[list[float]]:
        asked = {
            "model": self._settings.search_embedding_model,
            "input": list(texts),
            "dimensions": DIMENSIONS,
            "encoding_format": "float",
        }
        try:
            response = await self._client.request(
                "POST", "embeddings", json=asked, repeatable=True
            )
            answer = _Answer.model_validate_json(response.content)
        except httpx.HTTPError as error:
            message = "The embeddings API does not answer."
            raise EmbeddingsError(message, hint=_hint(error)) from error
        except ValidationError as error:
            message = "The embeddings API gave an answer that cannot be read."
            hint = f"SEARCH_EMBEDDING_MODEL has to give {DIMENSIONS} dimensions."
            raise EmbeddingsError(message, hint=hint) from error
        if len(answer.data) != len(texts):
            message = "The embeddings API gave too few vectors."
            raise EmbeddingsError(message)
        return [item.embedding for item in sorted(answer.data, key=_position)]


def _position(item: _Embedding) -> int:
    return item.index


def _hint(error: httpx.HTTPError) -> str:
    if not isinstance(error, httpx.HTTPStatusError):
        return "Check SEARCH_EMBEDDING_URL and the network."
    status = error.response.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"It answered {status}: it will be asked again later."
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"It answered {status}: ask for a higher limit, or send less."
    return (
        f"It answered {status}: check SEARCH_EMBEDDING_API_KEY, "
        "SEARCH_EMBEDDING_MODEL and SEARCH_EMBEDDING_URL."
    )


def _meaning(error: BaseException) -> ErrorCategory:
    """Judge a failure by its cause; a wrong number of vectors will not mend itself."""
    cause = error.__cause__
    return ErrorCategory.PERMANENT if cause is None else categorize(cause)


register_category(EmbeddingsError, _meaning)


@asynccontextmanager
async def open_embedder(
    settings: Settings, network: NetworkMonitor
) -> AsyncGenerator[Embedder]:
    """Open the embedder that the settings name; a dry run sends no text anywhere.

    Args:
        settings: `SEARCH_EMBEDDINGS` and, for an API, its address and key.
        network: Holds calls back while offline.

    Yields:
        The embedder; its connections are closed afterwards.
    """
    key = settings.search_embedding_api_key
    if settings.search_embeddings == "local" or key is None:
        yield LocalEmbedder()
        return
    if settings.dry_run_mode:
        _log.info("dry_run_embeddings")
        yield LocalEmbedder()
        return
    address = settings.search_embedding_url.rstrip("/") + "/"
    async with http_client(settings, base_url=address) as http:
        http.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        yield ApiEmbedder(OutgoingClient(http, settings, network), settings)
