import json
from importlib.metadata import version

import pytest

from ops.local.data import Data, Unusable


def prepared(folder, **changed):
    """A folder as a clean stop leaves it."""
    with Data(folder).held() as memory:
        (folder / "keys.json").write_text("{}")
        state = folder / "cloud" / "state"
        state.mkdir(parents=True)
        (state / "sqs.json").write_text(
            json.dumps({"payload": {"url": "http://127.0.0.1:1/000000000000/motcua-NoticesQueue"}})
        )
        (state / "lambda.json").write_text(json.dumps({"payload": {"dynamodb_stream_positions": {"data": {"x": 7}}}}))
        Data(folder).remember(memory | {"state": "stopped"} | changed)
    return folder


def refused(folder) -> str:
    with pytest.raises(Unusable) as refusal, Data(folder).held():
        pass
    told = str(refusal.value)
    assert "\n" not in told
    return told


def test_an_empty_folder_is_begun(tmp_path):
    with Data(tmp_path / "data").held() as memory:
        assert memory["state"] == "preparing"


def test_a_first_start_that_did_not_finish_begins_again(tmp_path):
    with Data(tmp_path).held():
        (tmp_path / "keys.json").write_text("{")
    with Data(tmp_path).held() as memory:
        assert memory["state"] == "preparing"
        assert not (tmp_path / "keys.json").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "photos").mkdir()

    assert "half written (it has files but no stack.json)" in refused(tmp_path)
    assert (tmp_path / "photos").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"format": 1}'])
def test_a_marker_that_cannot_be_read_is_one_clear_line(tmp_path, text):
    prepared(tmp_path)
    (tmp_path / "stack.json").write_text(text)

    assert "half written (stack.json cannot be read)" in refused(tmp_path)


@pytest.mark.parametrize("changed", [{"cloud": "0.0.1"}, {"format": 99}])
def test_a_folder_of_another_version_is_one_clear_line(tmp_path, changed):
    assert "written by another version" in refused(prepared(tmp_path, **changed))


def test_state_that_was_cut_off_is_one_clear_line(tmp_path):
    prepared(tmp_path)
    (tmp_path / "cloud" / "state" / "sqs.json").write_text('{"payl')

    assert "half written (cloud/state/sqs.json cannot be read)" in refused(tmp_path)


def test_a_folder_without_its_keys_is_one_clear_line(tmp_path):
    prepared(tmp_path)
    (tmp_path / "keys.json").unlink()

    assert "half written (keys.json is missing)" in refused(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").touch()

    assert "cannot be made" in refused(tmp_path / "file" / "data")


def test_a_folder_in_use_is_one_clear_line(tmp_path):
    with Data(tmp_path).held():
        assert "is in use by another `make run`" in refused(tmp_path)


def test_queues_saved_under_an_old_port_move_to_the_new_one(tmp_path):
    prepared(tmp_path)

    with Data(tmp_path).held() as memory:
        moved = (tmp_path / "cloud" / "state" / "sqs.json").read_text()

    assert f"http://127.0.0.1:{memory['cloud_port']}/000000000000/motcua-NoticesQueue" in moved


def test_counts_of_stream_records_that_are_not_kept_are_forgotten(tmp_path):
    prepared(tmp_path)

    with Data(tmp_path).held():
        saved = json.loads((tmp_path / "cloud" / "state" / "lambda.json").read_text())

    assert saved["payload"]["dynamodb_stream_positions"]["data"] == {}


def test_the_folder_remembers_which_cloud_wrote_it(tmp_path):
    prepared(tmp_path)

    assert json.loads((tmp_path / "stack.json").read_text())["cloud"] == version("ministack")
