"""Settings of backups and restore drills."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..core.config import DeploymentSettings


class BackupSettings(DeploymentSettings):
    """Where backups go, how long they stay, what a restore may take."""

    enable_backups: Annotated[bool, Field(description="Make backups at all")] = True
    backup_dir: Annotated[
        Path | None,
        Field(description="Folder of local backups; BASE_DIR/backups if unset"),
    ] = None
    backup_encryption_keys: Annotated[
        SecretStr | None,
        Field(
            description="Secret keys of age, comma-separated; the first one encrypts, "
            "all decrypt; `backup new-key` makes one"
        ),
    ] = None
    backup_recipients: Annotated[
        str,
        Field(description="Public keys of age, comma-separated, that open backups too"),
    ] = ""
    backup_interval_hours: Annotated[
        int, Field(ge=1, description="Time between backups, hours")
    ] = 24
    backup_retention_days: Annotated[
        int, Field(ge=1, description="Days that local backups stay")
    ] = 7
    backup_hot_days: Annotated[
        int, Field(ge=1, description="Days in the store's hot/ folder")
    ] = 30
    backup_cold_days: Annotated[
        int, Field(ge=1, description="Age at which cold/ lets go, days")
    ] = 180
    backup_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest dump, copy or restore, seconds")
    ] = 3600
    backup_rclone_remote: Annotated[
        str | None,
        Field(description="Where rclone copies to weekly, such as disk:backups"),
    ] = None
    drill_rpo_hours: Annotated[
        float, Field(gt=0, description="Most data that may be lost, hours")
    ] = 24
    drill_rto_hours: Annotated[
        float, Field(gt=0, description="Longest restore, hours")
    ] = 2
    pg_bin: Annotated[
        Path | None,
        Field(description="Folder of pg_dump and pg_restore, if not in PATH"),
    ] = None
    maintenance_database: Annotated[
        str, Field(description="Database to connect to while others are renamed")
    ] = "postgres"

    backup_local_only: Annotated[
        bool, Field(description="Accept that backups are lost with this machine")
    ] = False
    backup_s3_bucket: Annotated[
        str | None, Field(description="Bucket of the object store; unset: local only")
    ] = None
    backup_s3_endpoint_url: Annotated[
        str | None, Field(description="Address of the S3 API; unset: Amazon's own")
    ] = None
    backup_s3_region: Annotated[str, Field(description="Region of the bucket")] = (
        "eu-central-1"
    )
    backup_s3_prefix: Annotated[
        str, Field(description="Folder inside the bucket; empty: its root")
    ] = ""
    backup_s3_cold_storage_class: Annotated[
        str, Field(description="Class of storage in cold/, such as GLACIER_IR")
    ] = ""
    backup_s3_access_key_id: Annotated[
        str | None, Field(description="Account that may write to the bucket")
    ] = None
    backup_s3_secret_access_key: Annotated[
        SecretStr | None, Field(description="Password of that account")
    ] = None

    @field_validator("backup_encryption_keys")
    @classmethod
    def _key_where_deployed(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if value is None and _deployed(info) and info.data.get("enable_backups"):
            message = "missing; staging and production make encrypted backups"
            raise ValueError(message)
        return value

    @field_validator("backup_s3_bucket")
    @classmethod
    def _elsewhere_where_deployed(
        cls, value: str | None, info: ValidationInfo
    ) -> str | None:
        wanted = info.data.get("enable_backups") and _deployed(info)
        if not value and wanted and not info.data.get("backup_local_only"):
            message = (
                "missing; backups would be lost with this machine, which "
                "BACKUP_LOCAL_ONLY=true accepts"
            )
            raise ValueError(message)
        return value

    @field_validator("drill_rpo_hours")
    @classmethod
    def _often_enough(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("backup_interval_hours", value):
            message = "below BACKUP_INTERVAL_HOURS"
            raise ValueError(message)
        return value

    @field_validator("backup_cold_days")
    @classmethod
    def _cold_after_hot(cls, value: int, info: ValidationInfo) -> int:
        if value < info.data.get("backup_hot_days", value):
            message = "below BACKUP_HOT_DAYS"
            raise ValueError(message)
        return value

    @field_validator("backup_s3_endpoint_url")
    @classmethod
    def _encrypted_where_deployed(
        cls, value: str | None, info: ValidationInfo
    ) -> str | None:
        if value and _deployed(info) and not value.startswith("https://"):
            message = "not encrypted; it must begin with https://"
            raise ValueError(message)
        return value


def _deployed(info: ValidationInfo) -> bool:
    return info.data.get("environment") in {"staging", "production"}
