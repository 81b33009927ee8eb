"""Settings of the search."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator


class SearchSettings(BaseModel):
    """How documents are indexed and found."""

    search_language: Annotated[
        str,
        Field(
            pattern="^[a-z_]{2,32}$",
            description="PostgreSQL text search configuration, such as english",
        ),
    ] = "english"
    search_candidates: Annotated[
        int,
        Field(ge=10, le=1000, description="Hits that each half of the search ranks"),
    ] = 100
    search_max_distance: Annotated[
        float,
        Field(gt=0, le=2, description="Cosine distance from which texts are unrelated"),
    ] = 0.8
    search_embeddings: Annotated[
        Literal["local", "openai"],
        Field(description="local: no network; openai: an API that speaks its protocol"),
    ] = "local"
    search_embedding_url: Annotated[
        str, Field(description="Base address of the embeddings API")
    ] = "https://api.openai.com/v1"
    search_embedding_model: Annotated[
        str, Field(min_length=1, description="Model that the embeddings API runs")
    ] = "text-embedding-3-small"
    search_embedding_batch: Annotated[
        int, Field(ge=1, le=2048, description="Texts in one call of the embeddings API")
    ] = 64
    search_embedding_api_key: Annotated[
        SecretStr | None, Field(description="Key of the embeddings API")
    ] = None

    @field_validator("search_embedding_api_key")
    @classmethod
    def _key_for_api(
        cls, key: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        """Refuse an API without its key, so that the first search does not fail."""
        if key is None and info.data.get("search_embeddings") == "openai":
            message = "is needed, because SEARCH_EMBEDDINGS is openai"
            raise ValueError(message)
        return key
