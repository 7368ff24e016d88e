"""The bytes of documents in S3: quarantined, read, kept, handed out. It alone opens the client of the bucket."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlsplit

from chalicelib.documents.rules import DOWNLOAD_LIFETIME, Document
from chalicelib.documents.uploads import Upload
from chalicelib.settings import settings

CHECKSUM: Final = "x-amz-checksum-sha256"
# `MethodNotAllowed`: what is there now is the mark of a removal.
ABSENT: Final = {"NoSuchKey", "404", "PreconditionFailed", "412", "MethodNotAllowed", "405"}


@dataclass(frozen=True)
class Stored:
    """What was read; `etag` names exactly these bytes."""

    data: bytes
    etag: str


@cache
def client() -> Any:  # noqa: ANN401 - boto3's
    return opened()


def opened(**how: Any) -> Any:  # noqa: ANN401
    """A client of the store, with what else is to hold of it."""
    # "virtual" addresses the region's own host: forms signed for the global one are redirected, and fail.
    virtual = _opened("virtual", how)
    host = urlsplit(virtual.meta.endpoint_url).hostname or ""
    return virtual if host.endswith(".amazonaws.com") else _opened("path", how)


def _opened(style: Any, how: dict[str, Any]) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        connect_timeout=2,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 3},
        **how,
    )
    return boto3.client("s3", region_name=settings().AWS_REGION, config=config)


def upload_form(document: Document, lifetime: timedelta) -> Upload:
    """A form that lets exactly this file be uploaded: its size, its type, its SHA-256; nothing else fits."""
    fields = {
        "Content-Type": document.content_type,
        "success_action_status": "201",
        "x-amz-checksum-algorithm": "SHA256",
        CHECKSUM: base64.b64encode(bytes.fromhex(document.sha256)).decode(),
    }
    form = client().generate_presigned_post(
        settings().BUCKET,
        document.key,
        Fields=dict(fields),
        Conditions=[
            ["content-length-range", document.size, document.size],
            *({name: value} for name, value in fields.items()),
        ],
        ExpiresIn=int(lifetime.total_seconds()),
    )
    return Upload.model_validate(form)


def plain_form(document: Document, lifetime: timedelta, back: str) -> Upload:
    """A form that a browser fills in without scripts: one file of whatever kind, not too large; then back to us."""
    form = client().generate_presigned_post(
        settings().BUCKET,
        document.key,
        Fields={"success_action_redirect": back},
        Conditions=[["content-length-range", 1, document.most], {"success_action_redirect": back}],
        ExpiresIn=int(lifetime.total_seconds()),
    )
    return Upload.model_validate(form)


def put(document: Document, data: bytes) -> None:
    """Where uploads lie until they are checked: what we have drawn ourselves waits there like any other."""
    client().put_object(
        Bucket=settings().BUCKET,
        Key=document.key,
        Body=data,
        ContentType=document.content_type,
        ChecksumAlgorithm="SHA256",
    )


def store() -> str:
    """The address uploads go to."""
    return str(client().generate_presigned_post(settings().BUCKET, "quarantine/")["url"])


def read(document: Document) -> Stored | None:
    """What was uploaded, or None; of an object larger than declared no more than shows that it is."""
    from botocore.exceptions import ClientError

    try:
        found = client().get_object(Bucket=settings().BUCKET, Key=document.key)
    except ClientError as error:
        _pass_if_absent(error)
        return None
    with found["Body"] as body:
        return Stored(body.read(document.most + 1), found["ETag"])


def admit(document: Document, etag: str) -> bool:
    """Copies exactly the bytes that were checked to where documents are kept; False if they are no longer there.

    The upload stays until the verdict is recorded: a crash in between costs a second check, never the file.
    """
    from botocore.exceptions import ClientError

    bucket = settings().BUCKET
    try:
        client().copy_object(
            Bucket=bucket,
            Key=document.kept_key,
            CopySource={"Bucket": bucket, "Key": document.key},
            CopySourceIfMatch=etag,
            MetadataDirective="REPLACE",
            ContentType=document.content_type,
            Metadata={"dossier": document.dossier_id, "document": document.id, "sha256": document.sha256},
            ChecksumAlgorithm="SHA256",
        )
    except ClientError as error:
        _pass_if_absent(error)
        return False
    return True


def discard_upload(document: Document) -> None:
    client().delete_object(Bucket=settings().BUCKET, Key=document.key)


def erase(document: Document) -> None:
    """Whatever there is of the document; the bucket's own rules end the older versions."""
    discard_upload(document)
    client().delete_object(Bucket=settings().BUCKET, Key=document.kept_key)


def lock(document: Document, until: datetime) -> None:
    """Until then nothing of ours, and no rule of the bucket, ends the bytes as they are now; locking again is harmless.

    Taking the document out hides them all the same: only an administrator who is let pass the lock ends them before.
    """
    from botocore.exceptions import ClientError

    try:
        client().put_object_retention(
            Bucket=settings().BUCKET,
            Key=document.kept_key,
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until},
            ChecksumAlgorithm="SHA256",
        )
    except ClientError as error:
        _pass_if_absent(error)  # taken out at this instant: who relies on it sees so when recording that


def download_url(document: Document) -> str:
    """A short-lived link that saves the file under its own name, and never opens it as a page of ours."""
    return _link(document, "attachment")


def look_url(document: Document) -> str:
    """A short-lived link that shows the file where it is framed, as what it was found to be."""
    return _link(document, "inline")


def origin() -> str:
    """Where a browser finds the bucket: for the content policy of the pages that show files or take them."""
    found = urlsplit(client().generate_presigned_url("get_object", Params={"Bucket": settings().BUCKET, "Key": "-"}))
    return f"{found.scheme}://{found.netloc}"


def _link(document: Document, how: str) -> str:
    plain = document.file_name.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_")
    disposition = f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(document.file_name, safe='')}"
    url: str = client().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().BUCKET,
            "Key": document.kept_key,
            "ResponseContentDisposition": disposition,
            "ResponseContentType": document.content_type,
        },
        ExpiresIn=int(DOWNLOAD_LIFETIME.total_seconds()),
    )
    return url


def _pass_if_absent(error: Any) -> None:
    if error.response["Error"]["Code"] not in ABSENT:
        raise error
