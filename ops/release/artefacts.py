"""What was deployed, kept in the artefact bucket: archives by content, a stack's templates, which release stands."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from ops.local.cloud import client
from ops.local.deploy import expanded

STANDING: Final = "standing.json"
Parameters = dict[str, str]


class Release(NamedTuple):
    """`template`: its key in the bucket. With the parameters it can be deployed again, whatever the tree has become."""

    name: str
    template: str
    parameters: Parameters


class Artefacts:
    """One stack's part of the bucket, and the archives that all stacks share. Nothing in it is ever overwritten but
    the note which release stands."""

    def __init__(self, bucket: str, stack: str) -> None:
        self.bucket, self.stack = bucket, stack

    def packaged(self, template: dict[str, Any], folder: Path, release: str) -> str:
        """The key of the expanded template, once it and its archives lie in the bucket."""
        body = json.dumps(expanded(template, lambda archive: (self.bucket, self._archive(folder / archive)))).encode()
        return self._put(f"stacks/{self.stack}/{release}-{_digest(body)}.json", body)

    def _archive(self, path: Path) -> str:
        content = path.read_bytes()
        return self._put(f"archives/{_digest(content)}.zip", content)

    def _put(self, key: str, content: bytes) -> str:
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        return key

    def address(self, key: str) -> str:
        s3 = client("s3")
        return f"{s3.meta.endpoint_url.rstrip('/')}/{self.bucket}/{key}"

    def standing(self) -> Release | None:
        """The last release whose smoke test passed."""
        try:
            kept = client("s3").get_object(Bucket=self.bucket, Key=f"stacks/{self.stack}/{STANDING}")["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        return Release(**json.loads(kept))

    def stands(self, release: Release) -> None:
        self._put(f"stacks/{self.stack}/{STANDING}", json.dumps(release._asdict(), ensure_ascii=False).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
