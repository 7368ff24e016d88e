import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from pydantic import ValidationError

from chalicelib import tokens
from chalicelib.refusals import Untrusted
from chalicelib.settings import Settings, settings
from ops.local import keys
from ops.local.data import Unusable
from ops.local.template import stage_environment


@pytest.fixture
def folder(tmp_path):
    keys.make(tmp_path)
    return tmp_path


@pytest.fixture
def given_issuers(monkeypatch):
    """The service believes these issuers, for the length of a test."""

    def given(issuers: str) -> None:
        monkeypatch.setenv("ISSUERS", issuers)
        settings.cache_clear()
        tokens._keys.cache_clear()

    yield given
    monkeypatch.undo()
    settings.cache_clear()
    tokens._keys.cache_clear()


def test_a_folder_from_before_a_provider_gets_its_keys_and_keeps_its_own(folder):
    before = keys.credentials(folder)
    kept = {name: before[name] for name in ("vnpay", "vnpost")}
    (folder / "keys.json").write_text(json.dumps(kept))

    keys.make(folder)

    after = keys.credentials(folder)
    assert after.keys() == before.keys() >= {"momo", "payos", "sepay", "papers"}
    assert {name: after[name] for name in kept} == kept


def test_keys_do_not_change_from_start_to_start(folder):
    before = keys.credentials(folder)
    keys.make(folder)

    assert keys.credentials(folder) == before


def local_variables(folder, **changed):
    return stage_environment("local") | {"AWS_DEFAULT_REGION": "x", "ISSUERS": keys.issuers(folder)} | changed


def production_variables(folder, **changed):
    return stage_environment("production") | {"AWS_DEFAULT_REGION": "x"} | changed


def test_the_local_stack_believes_its_own_issuer(folder):
    assert Settings.model_validate(local_variables(folder)).ISSUERS[0].is_local


def test_no_other_stack_starts_with_a_local_issuer(folder):
    with pytest.raises(ValidationError, match="refused outside the local stack"):
        Settings.model_validate(production_variables(folder, ISSUERS=keys.issuers(folder)))


@pytest.mark.parametrize("name", ["PAYMENTS", "VNPOST_URL"])
def test_no_other_stack_starts_with_a_simulator(folder, name):
    with pytest.raises(ValidationError, match="refused outside the local stack"):
        Settings.model_validate(production_variables(folder, **{name: stage_environment("local")[name]}))


def test_an_officers_token_says_who_where_and_in_which_roles(folder, given_issuers):
    given_issuers(keys.issuers(folder))

    caller = tokens.caller_of("Bearer " + keys.token(folder, "clerk,specialist", "an", {"agency": "H32.10"}))

    assert (caller.kind, caller.subject, caller.agency) == ("officer", "an", "H32.10")
    assert caller.roles == {"clerk", "specialist"}


def test_a_citizens_token_carries_what_the_person_is_known_by(folder, given_issuers):
    given_issuers(keys.issuers(folder))
    facts = {"name": "Nguyễn Văn An", "identity": "056000000001", "phone": "0900000001"}

    caller = tokens.caller_of("Bearer " + keys.token(folder, "citizen", "an", facts))

    assert (caller.kind, caller.name, caller.identity, caller.phone) == ("citizen", *facts.values())


def test_a_token_ends_after_half_a_day(folder, given_issuers):
    given_issuers(keys.issuers(folder))
    yesterday = datetime.now(UTC) - timedelta(hours=13)

    with pytest.raises(Untrusted):
        tokens.caller_of("Bearer " + keys.token(folder, "clerk", "an", {}, now=yesterday))


def test_another_folders_token_is_not_believed(folder, tmp_path_factory, given_issuers):
    other = tmp_path_factory.mktemp("other")
    keys.make(other)
    given_issuers(keys.issuers(folder))

    with pytest.raises(Untrusted):
        tokens.caller_of("Bearer " + keys.token(other, "clerk", "an", {}))


@pytest.mark.parametrize("role", ["", "boss", "clerk,boss", "clerk,citizen", "citizen,clerk"])
def test_a_role_that_is_none_is_refused(folder, role):
    with pytest.raises(keys.NoSuchRole, match="ROLE must be citizen"):
        keys.token(folder, role, "an", {})


def test_without_a_local_stack_there_is_no_token(tmp_path):
    with pytest.raises(Unusable, match="make run"):
        keys.token(tmp_path, "clerk", "an", {})


def test_making_the_keys_again_changes_nothing(folder):
    before = (keys.credentials(folder), keys.issuers(folder))

    keys.make(folder)

    assert (keys.credentials(folder), keys.issuers(folder)) == before


def test_the_keys_are_readable_by_their_owner_only(folder):
    assert {(folder / name).stat().st_mode & 0o777 for name in ("keys.json", "issuer.pem")} == {0o600}


def test_the_public_half_says_nothing_of_the_private_one(folder):
    assert '"d"' not in keys.issuers(folder)
    assert jwt.get_unverified_header(keys.token(folder, "clerk", "an", {})) == {
        "alg": "ES256",
        "kid": "local",
        "typ": "JWT",
    }
