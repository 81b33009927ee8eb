"""What can go wrong between the search and the model that computes embeddings."""

from ..core.errors import UnavailableError


class EmbeddingsError(UnavailableError):
    """The embeddings API refuses, or does not answer as agreed.

    What it means for the work is decided by its cause: the status of the API, or what
    kept the call from it.
    """

    code = "embeddings_unavailable"
    title = "The meaning of a text cannot be computed"
    explanation = (
        "The service that computes what texts mean does not answer as it should. "
        "Searches by meaning work again when it does."
    )
