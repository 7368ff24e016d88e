"""What a deployed function carries is known down to the last library, by version and by hash."""

import re
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement

from ops import locked
from ops.vendor import VendorFailed, _install

KNOWN = locked.locked()
ON_LAMBDA = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64", "extra": ""}


def test_the_lock_holds_what_is_required_in_that_version_and_what_that_needs_and_no_more():
    wanted = locked.required()

    assert {name: KNOWN[name].version for name in wanted} == wanted
    assert {each.name for each in locked.closure(wanted, KNOWN)} == set(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_the_tests_run_with_the_locked_versions(name):
    assert distribution(name).version == KNOWN[name].version, "make lock"


@pytest.mark.parametrize("name", sorted(set(KNOWN) - locked.ALONE))
def test_what_a_library_needs_is_locked_too(name):
    asked = [Requirement(each) for each in distribution(name).requires or ()]
    needed = {locked.plain(each.name) for each in asked if not each.marker or each.marker.evaluate(ON_LAMBDA)}

    assert needed <= set(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_every_library_is_known_by_its_hashes(name):
    assert re.search(r"--hash=sha256:[0-9a-f]{64}$", KNOWN[name].text)


def test_names_are_compared_as_indexes_do():
    assert locked.plain("Typing_Extensions") == locked.plain("typing.extensions") == "typing-extensions"


@pytest.mark.peer
@pytest.mark.slow
def test_an_archive_with_another_hash_is_refused(tmp_path, monkeypatch):
    forged = KNOWN["segno"]._replace(text=f"segno=={KNOWN['segno'].version} --hash=sha256:{'0' * 64}")
    monkeypatch.setattr("ops.vendor.locked", lambda: KNOWN | {"segno": forged})

    with pytest.raises(VendorFailed, match="HASH|hash"):
        _install(tmp_path, ["segno"])
