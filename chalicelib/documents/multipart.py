"""A large file's upload in parts, as the store keeps it until all are there; here alone it is begun and ended."""

from datetime import timedelta
from functools import cache
from typing import Any

from chalicelib.documents.files import opened
from chalicelib.documents.parts import Cut
from chalicelib.documents.rules import Document
from chalicelib.settings import settings


@cache
def _client() -> Any:  # noqa: ANN401 - boto3's
    # By default boto3 announces a checksum of its own for every part, which a browser would have to send.
    return opened(request_checksum_calculation="when_required")


def begin(document: Document) -> str:
    """The store's name for the upload; one that is not ended vanishes after a day."""
    place = {"Bucket": settings().BUCKET, "Key": document.key}
    return str(_client().create_multipart_upload(**place, ContentType=document.content_type)["UploadId"])


def there(document: Document) -> dict[int, int] | None:
    """The parts that arrived, by number, with their sizes; None when the store knows of no such upload any more."""
    listed = _listed(document)
    return None if listed is None else {each["PartNumber"]: each["Size"] for each in listed}


def address(document: Document, cut: Cut, lifetime: timedelta) -> str:
    """Where exactly this many bytes are PUT as this part."""
    params = {**_of(document), "PartNumber": cut.number, "ContentLength": cut.end - cut.start}
    return str(_client().generate_presigned_url("upload_part", Params=params, ExpiresIn=int(lifetime.total_seconds())))


def complete(document: Document) -> bool:
    """The parts become the file; False when the store knows of no such upload (any more)."""
    listed = _listed(document)
    if listed is None:
        return False
    parts = [{"PartNumber": each["PartNumber"], "ETag": each["ETag"]} for each in listed]
    _client().complete_multipart_upload(**_of(document), MultipartUpload={"Parts": parts})
    return True


def _listed(document: Document) -> list[dict[str, Any]] | None:
    """A file has few parts: one answer holds them all."""
    from botocore.exceptions import ClientError

    try:
        found: list[dict[str, Any]] = _client().list_parts(**_of(document)).get("Parts", [])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchUpload":
            raise
        return None
    return found


def _of(document: Document) -> dict[str, str]:
    return {"Bucket": settings().BUCKET, "Key": document.key, "UploadId": document.parts_id}
