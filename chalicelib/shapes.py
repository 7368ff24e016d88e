"""The one base of every shape that pydantic reads or writes: it is built when first used.

There are over two hundred of them and a request needs a handful; built at import they took a third of a cold start.
"""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(defer_build=True)
