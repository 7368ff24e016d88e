import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICE = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
MODULES = [*SERVICE, *sorted((ROOT / "ops").rglob("*.py"))]
LONGEST = 260
EVENTS = {
    *("schedule", "lambda_function", "on_cw_event", "on_dynamodb_record", "on_kinesis_record"),
    *("on_s3_event", "on_sns_message", "on_sqs_message", "on_ws_connect", "on_ws_disconnect", "on_ws_message"),
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def called(path: Path) -> set[str]:
    """The plain names that a module calls."""
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)}


def declared(path: Path) -> list[str]:
    """The event functions that a module declares."""
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
    return [function.name for function in functions if any(_is_event(each) for each in function.decorator_list)]


def _is_event(decorator: ast.expr) -> bool:
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(made, ast.Attribute) and made.attr in EVENTS


def test_every_module_opens_with_a_sentence_that_says_what_it_holds():
    assert [named(path) for path in MODULES if len(ast.get_docstring(tree(path)) or "") < 15] == []


def test_the_service_prints_nothing():
    assert [named(path) for path in SERVICE if "print" in called(path)] == []


def test_no_file_grows_past_what_is_read_in_one_go():
    assert [named(path) for path in SERVICE if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST] == []


def test_every_event_function_is_declared_in_app_and_none_hides_in_a_room():
    hidden = {named(path): found for path in SERVICE[1:] if (found := declared(path))}

    assert hidden == {}
    assert len(declared(SERVICE[0])) == len(app_handlers())


def app_handlers() -> list[str]:
    """What Chalice itself will deploy beside the API, each with a handler in `app`."""
    from app import app

    assert all(each.handler_string.startswith("app.") for each in app.pure_lambda_functions)
    handlers = [each.handler_string for each in app.event_sources]
    assert all(handler.startswith("app.") for handler in handlers), handlers
    return handlers


def test_every_shape_is_built_when_first_used():
    """Not at every cold start: they stand on the one base, which alone is pydantic's own."""
    direct = [
        f"{named(path)}: {each.name}"
        for path in SERVICE
        for each in ast.walk(tree(path))
        if isinstance(each, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "BaseModel" for b in each.bases)
    ]
    assert direct == ["chalicelib/shapes.py: Shape"]
