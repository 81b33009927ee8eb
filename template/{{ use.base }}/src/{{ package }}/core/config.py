"""Settings that every project has: environment, folders, logging, telemetry.

Rules that depend on the environment are field validators rather than model validators:
those run for every field, so that one start names all problems.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

type Environment = Literal["development", "test", "staging", "production"]
type LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
type LogFormat = Literal["auto", "console", "json", "gcp"]


class DeploymentSettings(BaseModel):
    """Where the service runs, which decides what it insists on."""

    environment: Annotated[
        Environment,
        Field(description="development, test, staging or production"),
    ] = "development"

    @property
    def deployed(self) -> bool:
        """Whether other people depend on it: staging and production."""
        return self.environment in {"staging", "production"}


class CoreSettings(DeploymentSettings):
    """Folders, logging, outgoing calls, telemetry."""

    debug: Annotated[
        bool, Field(description="Show details of errors; development only")
    ] = False
    dry_run_mode: Annotated[
        bool, Field(description="Say what would be written, write nothing")
    ] = False
    base_dir: Annotated[Path, Field(description="Folder of logs and data")] = Path()
    shutdown_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest orderly stop, seconds")
    ] = 30

    log_level: Annotated[
        LogLevel, Field(description="Least important level that is logged")
    ] = "INFO"
    log_format: Annotated[
        LogFormat,
        Field(description="console, json, gcp, or auto: by environment"),
    ] = "auto"
    enable_log_file: Annotated[
        bool, Field(description="Also log to <BASE_DIR>/logs")
    ] = False
    enable_log_rotation: Annotated[
        bool, Field(description="Roll the log file over by size")
    ] = True
    log_file_max_bytes: Annotated[
        int, Field(gt=0, description="Size at which it rolls over, bytes")
    ] = 10 * 1024 * 1024
    log_file_backups: Annotated[
        int, Field(ge=1, description="Rolled files that are kept")
    ] = 3

    http_timeout_seconds: Annotated[
        float, Field(gt=0, description="Calls to own services, seconds")
    ] = 10
    http_external_timeout_seconds: Annotated[
        float, Field(gt=0, description="Calls to other people's, seconds")
    ] = 30

    sentry_dsn: Annotated[
        SecretStr | None,
        Field(description="Sends errors to Sentry when set"),
    ] = None
    sentry_traces_sample_rate: Annotated[
        float,
        Field(ge=0, le=1, description="Share of requests timed by Sentry"),
    ] = 0.1
    otel_exporter_otlp_endpoint: Annotated[
        str | None, Field(description="Sends traces to this URL when set")
    ] = None

    @property
    def log_file(self) -> Path:
        """Where the file sink writes."""
        return self.base_dir / "logs" / "service.log"

    @property
    def effective_log_format(self) -> Literal["console", "json", "gcp"]:
        """The format after `auto` is resolved: JSON lines where it is deployed."""
        if self.log_format != "auto":
            return self.log_format
        return "json" if self.deployed else "console"
