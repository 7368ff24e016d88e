"""The service over a mocked cloud for a whole file of tests, where a new one for each would take too long."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from moto import mock_aws

from ops.local import cloud
from tests import people
from tests.conftest import SECRETS, environment
from tests.dossiers.conftest import publish
from tests.people import Town


@contextmanager
def opened() -> Iterator[Town]:
    """Everyone, speaking to the service in this process; the small catalogue is published."""
    from chalice.test import Client

    from app import app

    with mock_aws(), environment(), Client(app, stage_name="tests") as client:
        cloud.create_bare(os.environ, SECRETS)
        publish()
        yield Town(people.in_process(client))
