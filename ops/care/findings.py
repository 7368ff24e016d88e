"""What may be wrong in a stack: each kind of finding in plain words, what it means for people, and what to do."""

from collections.abc import Callable
from typing import Final, NamedTuple


class Kind(NamedTuple):
    """`what` names it, `means` says for whom it is bad, `then` what to do where no repair is offered."""

    what: str
    means: str
    then: str = "REPAIR=1 mends it."


class Finding(NamedTuple):
    """`about`: ids of ours, `facts`: states, counts and times; neither ever holds a personal datum.

    `repair`: one conditional write, or word to a queue; safe to repeat, and refused when the item changed since.
    """

    kind: str
    about: str
    facts: str = ""
    repair: Callable[[], object] | None = None

    @property
    def name(self) -> tuple[str, str]:
        return self.kind, self.about


PERSON: Final = "A person decides; docs/care.md says how."
KINDS: Final[dict[str, Kind]] = {
    # ——— the dossier and where it is listed ———
    "unreadable": Kind(
        "dossiers that cannot be read", "Every page about them fails.", "The release that wrote them can say more."
    ),
    "no_head": Kind(
        "parts of a dossier without the dossier",
        "Documents, events or money hang on nothing: the head was lost.",
        f"Restore it from a backup. {PERSON}",
    ),
    "in_no_queue": Kind("dossiers in no queue", "Nobody at the agency sees them; they will be overdue unseen."),
    "in_wrong_queue": Kind("dossiers in a wrong queue", "The desk shows them where they are not to be worked on."),
    "not_with_its_officer": Kind("dossiers missing from their officer's queue", "The officer does not see them."),
    "not_with_its_citizen": Kind("dossiers missing from their citizen's list", "The citizen does not find them."),
    "not_on_watch": Kind("dossiers the clock will not look at", "No warning and no overdue flag will be raised."),
    "card_outdated": Kind("dossiers whose card in lists is not up to date", "Lists show what no longer holds."),
    "not_found_at_desk": Kind("dossiers the desk's search does not find", "A clerk searches the name in vain."),
    "found_by_the_past": Kind(
        "entries of the desk's search that are no longer true", "A search finds dossiers by what they do not say."
    ),
    "found_but_gone": Kind(
        "entries of the desk's search whose dossier is not there",
        "The head was lost: a search finds nothing behind the name.",
        f"Restore the dossier from a backup; the entries are then right. {PERSON}",
    ),
    "status_wrong": Kind("dossiers whose public status is missing or old", "Who looks up the code is told wrongly."),
    "status_of_nobody": Kind(
        "public statuses without a dossier", "Somebody holds a code that leads nowhere.", f"Restore. {PERSON}"
    ),
    "letter_wrong": Kind(
        "letters of apology that wait and should not, or should and do not", "An approver signs too much or too little."
    ),
    "clock_behind": Kind(
        "dossiers whose moment came and went",
        "The schedule that flags dates, or that expires drafts, does not run or fails on them.",
        "See the log of FlagDeadlines and ExpireDrafts; the next good run catches up.",
    ),
    # ——— history ———
    "chain_broken": Kind(
        "broken history chains",
        "An event was altered, lost or put in: somebody wrote to the table past the service.",
        "NEVER repaired: keep the stack as it is, and compare with a backup. docs/care.md says how.",
    ),
    "head_apart_from_history": Kind(
        "dossiers whose head and history disagree",
        "The head does not end where the history does: one of them was written past the service, or restored alone.",
        f"Not repaired: the history is the record. {PERSON}",
    ),
    "not_followed_up": Kind(
        "events not followed up", "Somebody was not told, a parcel not sent or money not looked after."
    ),
    "followed_ahead": Kind("follow-up marks ahead of the history", "The next events would be passed over in silence."),
    # ——— documents ———
    "document_without_object": Kind(
        "documents without their file",
        "The dossier names a checked paper whose bytes are not in the bucket.",
        "No older version is in the bucket: restore it from a backup, or ask the citizen again.",
    ),
    "document_deleted": Kind(
        "documents whose file was deleted and can be had back", "An older version of the bytes is in the bucket."
    ),
    "document_of_other_size": Kind(
        "documents whose file has another size",
        "The bytes are not those that were checked.",
        f"Look at the object's versions. {PERSON}",
    ),
    "document_unchecked": Kind(
        "documents that wait too long to be looked at",
        "The schedule that looks again does not run or fails on them.",
        "See the log of RecheckDocuments.",
    ),
    "document_off_watch": Kind("open documents that nobody looks at again", "They stay unchecked for ever."),
    "documents_miscounted": Kind("dossiers that count their documents wrongly", "The limit is met too early or late."),
    "object_without_document": Kind(
        "files that no document refers to",
        "Nobody can reach them; after a table was restored they may be the only copy.",
        f"Never deleted by itself. {PERSON}",
    ),
    # ——— money ———
    "payment_pending": Kind(
        "payments pending too long",
        "The provider has not said for a day whether money moved.",
        "Asked hourly until three days after the start; then ask the provider by hand.",
    ),
    "payment_unasked": Kind(
        "payments whose provider is not being asked", "The turn came and went, or was never set: money may wait unseen."
    ),
    "refund_pending": Kind(
        "refunds on their way for more than a week",
        "A citizen waits for money.",
        "The finance officers' list shows them; ask the provider by hand.",
    ),
    "money_not_on_desk": Kind(
        "payments wrongly on, or missing from, the finance officers' list", "Money in doubt is not looked at."
    ),
    "fee_apart": Kind(
        "dossiers whose fee says other than their ledger",
        "The citizen and the clerk are told wrongly whether it is paid.",
        "The next word of the provider rights it. If none comes, a finance officer places it.",
    ),
    "order_unknown": Kind(
        "payments the provider's name does not lead to", "A notification of the provider would be refused."
    ),
    "receipt_missing": Kind("paid fees without a receipt", "The payer has no proof of what they paid."),
    "receipt_without_payment": Kind(
        "receipts of a payment that is not there",
        "Somebody holds a receipt for money the ledger does not know.",
        f"Never repaired: a number that was given out stays. {PERSON}",
    ),
    "receipt_number_twice": Kind(
        "receipt numbers that were given out twice",
        "Two payers hold the same number: the books of the agency do not hold.",
        f"Never repaired: both are in people's hands. {PERSON}",
    ),
    "receipt_numbers_missing": Kind(
        "series of receipts with numbers missing",
        "A receipt was lost from the table: an inspector asks for it.",
        f"Restore it from a backup; its PDF may still be among the kept papers. {PERSON}",
    ),
    "receipt_counter_behind": Kind(
        "series whose count is behind the numbers given out", "The next payers would be given numbers others have."
    ),
    # ——— post ———
    "shipment_missing": Kind("results handed to the post without a parcel", "Nobody sends them."),
    "shipment_stuck": Kind(
        "shipments stuck",
        "Their turn came and went: the schedule that sends and asks does not run or fails on them.",
        "See the log of RetryDispatch.",
    ),
    "shipment_waits": Kind(
        "shipments that wait for a person for more than a week",
        "A result lies somewhere.",
        "The agency's page of parcels lists them: try again, or return the result another way.",
    ),
    "shipment_misplaced": Kind("shipments wrongly listed", "They are not looked at again, or no person sees them."),
    "shipment_unknown": Kind("shipments the carrier's order number does not lead to", "News of the parcel is dropped."),
}
