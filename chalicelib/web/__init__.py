"""The HTTP edge: what a request is, what an answer is, and where refusals become problem documents."""

from chalicelib.web.call import Answer, Call, Listed, Query, Request
from chalicelib.web.operations import OPERATIONS, Operation, View
from chalicelib.web.routes import App, Routes

__all__ = ["OPERATIONS", "Answer", "App", "Call", "Listed", "Operation", "Query", "Request", "Routes", "View"]
