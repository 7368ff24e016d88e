"""The service over a mocked cloud for a whole file of tests, where one for each would take too long; nothing scans."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from ops.local import cloud
from tests import people, second_table
from tests.asked_of_aws import listening
from tests.conftest import SECRETS, environment
from tests.dossiers.conftest import publish
from tests.mocked import mock_aws
from tests.people import Town


@contextmanager
def opened() -> Iterator[Town]:
    """Everyone, speaking to the service in this process; the small catalogue is published."""
    from chalice.test import Client

    from app import app

    with listening(), mock_aws(), environment(), Client(app, stage_name="tests") as client:
        second_table.emptied()
        cloud.create_bare(os.environ, SECRETS)
        publish()
        yield Town(people.in_process(client))


def a_clean_file(dossier_id: str, component: str, by: Literal["citizen", "officer"] = "citizen", **facts: Any) -> str:
    """As if it had been uploaded and found clean."""
    from chalicelib.clock.now import now
    from chalicelib.documents import files, records
    from chalicelib.documents.rules import Document, State
    from chalicelib.settings import settings
    from chalicelib.table import fresh_id

    document = Document(
        id=fresh_id(),
        dossier_id=dossier_id,
        component=component,
        by=by,
        file_name="a.pdf",
        content_type="application/pdf",
        size=3,
        sha256="0" * 64,
        state=State.CLEAN,
        registered_at=now(),
        upload_expires_at=now(),
        watch_at=None,
        **facts,
    )
    files.client().put_object(Bucket=settings().BUCKET, Key=document.kept_key, Body=b"pdf")
    records.add(document)
    return document.id


def warned(dossier_id: str) -> None:
    """As if its date were near and the schedule had said so."""
    from chalicelib.clock.now import now
    from chalicelib.dossiers import records
    from chalicelib.dossiers.attention import flag
    from chalicelib.history.rules import SYSTEM, EventType

    dossier, at = records.load(dossier_id), now()
    records.keep(dossier, flag(dossier, EventType.DUE_SOON, at), SYSTEM, at)
