"""The pages people use: HTML rendered from the very actions the API uses, which work without JavaScript."""

from chalicelib.site.pages import PAGES, Page, Pages
from chalicelib.site.visits import Facts, Html, See, Visit

__all__ = ["PAGES", "Facts", "Html", "Page", "Pages", "See", "Visit"]
