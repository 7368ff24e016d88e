"""A town with a small catalogue, in which dossiers have papers."""

from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib.settings import settings
from tests.dossiers.conftest import publish
from tests.people import Person, Town


@pytest.fixture
def town(town: Town) -> Town:
    publish()
    return town


def bytes_of(url: str) -> bytes:
    """What the link leads to, read from the store itself: the mocked cloud answers no browser."""
    key = urlsplit(url).path.lstrip("/").removeprefix(f"{settings().BUCKET}/")
    return boto3.client("s3").get_object(Bucket=settings().BUCKET, Key=key)["Body"].read()


def papers_of(person: Person, dossier_id: str) -> dict[str, dict]:
    """By kind, the last of each."""
    answer = person.get(f"/dossiers/{dossier_id}/papers")
    assert answer.status == 200, answer
    return {each["kind"]: each for each in answer.body["items"]}
