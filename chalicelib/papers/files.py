"""Papers as they are kept in S3: each written once, never over, and handed out by a link that soon ends."""

from datetime import timedelta
from typing import Final, Literal
from urllib.parse import quote

from chalicelib.documents.files import client
from chalicelib.settings import settings

How = Literal["attachment", "inline"]
LIFETIME: Final = timedelta(minutes=5)
TAKEN: Final = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


def is_kept(key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        client().head_object(Bucket=settings().BUCKET, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        return False
    return True


def keep(key: str, data: bytes, content_type: str) -> None:
    """What is there already stays: whoever made it at the same moment made the same."""
    from botocore.exceptions import ClientError

    try:
        client().put_object(
            Bucket=settings().BUCKET,
            Key=key,
            Body=data,
            ContentType=content_type,
            IfNoneMatch="*",
            ChecksumAlgorithm="SHA256",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in TAKEN:
            raise


def found(key: str) -> bytes | None:
    """What is kept under the key, if anything is."""
    try:
        return read(key)
    except client().exceptions.NoSuchKey:
        return None


def read(key: str) -> bytes:
    with client().get_object(Bucket=settings().BUCKET, Key=key)["Body"] as body:
        data: bytes = body.read()
    return data


def link(key: str, content_type: str, file_name: str, how: How = "attachment") -> str:
    """`file_name` in ASCII: the name under which a browser saves it; `inline` it is shown first, to be printed."""
    url: str = client().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().BUCKET,
            "Key": key,
            "ResponseContentType": content_type,
            "ResponseContentDisposition": f'{how}; filename="{quote(file_name, safe="._-")}"',
        },
        ExpiresIn=int(LIFETIME.total_seconds()),
    )
    return url
