"""A stack's data in a folder of one's own: every item of the table and every file of the bucket, there and back."""

import gzip
import hashlib
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from chalicelib.documents.files import client as s3
from chalicelib.history.rules import digest
from chalicelib.settings import settings
from ops.care import scan

TABLE: Final = "table.jsonl.gz"
FILES: Final = "files"
AT_ONCE: Final = 25  # what DynamoDB takes in one batch
METADATA: Final = ("ContentType", "Metadata")


class Incomplete(Exception):
    """The backup is not whole, or is not what was backed up; the message names what."""


def back_up(folder: Path) -> dict[str, int]:
    """How many items and files were copied. Of a stack that is at rest: nobody writes between first and last page."""
    folder.mkdir(parents=True, exist_ok=True)
    items = 0
    with gzip.open(folder / TABLE, "wt", encoding="utf-8") as kept:
        for read in scan.pages(0, 1):
            for item in read.items:
                items += 1
                kept.write(json.dumps(item, default=_binary, sort_keys=True) + "\n")
    files = sum(1 for key in _keys() if _copied(key, folder))
    manifest = {"items": items, "files": files, "table": _sha256(folder / TABLE)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return {"items": items, "files": files}


def restore(folder: Path) -> dict[str, int]:
    """Into the stack of the environment, which must be empty. Raises `Incomplete` when the backup is not whole."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if _sha256(folder / TABLE) != manifest["table"]:
        raise Incomplete(f"{TABLE} is not the one that was written")
    if any(read.items for read in scan.pages(0, 1, 1)):
        raise Incomplete("the table it would be restored to is not empty")
    items = sum(_put(batch) for batch in _batches(_read(folder / TABLE)))
    files = sum(_uploaded(path) for path in sorted((folder / FILES).glob("*.json")))
    if (items, files) != (manifest["items"], manifest["files"]):
        raise Incomplete(f"{items} of {manifest['items']} items and {files} of {manifest['files']} files are there")
    return {"items": items, "files": files}


# ——— the table ———


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as kept:
        for line in kept:
            yield json.loads(line, object_hook=_unbinary)


def _batches(items: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for item in items:
        batch.append(item)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _put(batch: list[dict[str, Any]]) -> int:
    table, left = settings().TABLE, [{"PutRequest": {"Item": item}} for item in batch]
    while left:
        told = scan.client().batch_write_item(RequestItems={table: left})
        left = told.get("UnprocessedItems", {}).get(table, [])
        time.sleep(0.1 if left else 0)  # what was too much is asked for again, a little later
    return len(batch)


def _binary(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return {"base64": b64encode(value).decode()}


def _unbinary(value: dict[str, Any]) -> Any:
    return b64decode(value["base64"]) if set(value) == {"base64"} else value


# ——— the bucket ———


def _keys() -> Iterator[str]:
    for page in s3().get_paginator("list_objects_v2").paginate(Bucket=settings().BUCKET):
        yield from (each["Key"] for each in page.get("Contents", ()))


def _copied(key: str, folder: Path) -> bool:
    """Under a name of its own: keys may hold what file systems do not bear."""
    found = s3().get_object(Bucket=settings().BUCKET, Key=key)
    with found["Body"] as body:
        data: bytes = body.read()
    place = folder / FILES / hashlib.sha256(key.encode()).hexdigest()
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    facts = {"key": key, "sha256": hashlib.sha256(data).hexdigest(), **{name: found[name] for name in METADATA}}
    place.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
    return True


def _uploaded(path: Path) -> int:
    facts = json.loads(path.read_text(encoding="utf-8"))
    place = path.with_suffix("")
    if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != facts["sha256"]:
        raise Incomplete(f"the file of {facts['key']} is missing, or is not the one that was written")
    told = {name: facts[name] for name in METADATA}
    s3().put_object(
        Bucket=settings().BUCKET, Key=facts["key"], Body=place.read_bytes(), ChecksumAlgorithm="SHA256", **told
    )
    return 1


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ——— what a stack holds, to be compared ———


def fingerprint() -> dict[str, str]:
    """Each item and file by its name, with a digest of all that is in it."""
    found = {f"file {key}": file_digest(key) for key in _keys()}
    for read in scan.pages(0, 1):
        for item in read.items:
            plain = json.loads(json.dumps(item, default=_binary))
            found[f"{item['kind']['S']} {item['pk']['S']} {item['sk']['S']}"] = digest(plain)
    return found


def file_digest(key: str) -> str:
    whole = hashlib.sha256()
    with s3().get_object(Bucket=settings().BUCKET, Key=key)["Body"] as body:
        for part in iter(lambda: body.read(1 << 20), b""):
            whole.update(part)
    return whole.hexdigest()
