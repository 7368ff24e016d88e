"""Every way into the service: routes and pages by room, then each queue, stream and schedule, a line or two each."""

from typing import Any

from chalice import Cron, Rate

from chalicelib.batches import each_insert, each_message
from chalicelib.clock.now import now
from chalicelib.watching import watched
from chalicelib.web import App

# Modules by room, each with its `routes`, or `pages` of the site. Deployed, one is imported when an address of its is
# first asked for; everywhere else, and for whatever needs the whole table, all are.
ROOMS = {
    "web": ("reading",),
    "catalogue": ("routes",),
    "clock": ("routes", "calendar_routes", "outage_routes"),
    "dossiers": (
        *("routes", "file_routes", "desk_routes", "apology_routes"),
        *("cover_routes", "paper_routes", "writing.routes", "recalendar_routes"),
    ),
    "papers": ("routes",),
    "payments": ("routes", "reconciling.routes", "receipts.routes", "finance_routes"),
    "postal": ("routes",),
    "site": (
        *("catalogue_pages", "status_pages", "dossier_pages", "filing_pages", "owner_pages", "paper_pages"),
        *("pay_pages", "submission_pages", "supplement_pages", "sign_in_pages", "desk_pages", "cover_pages"),
        *("search_pages", "counter_pages", "officer_pages", "revocation_pages", "desk_file_pages", "print_pages"),
        *("supervision_pages", "finance_pages", "reconciliation_pages", "admin_pages", "template_pages"),
        *("wording_pages", "agencies_pages", "officers_pages", "reference_pages"),
    ),
}

app = App(app_name="motcua")
app.register_middleware(watched, "all")
app.serve(ROOMS)

# Which queue, topic or stream it is, the stack says (.chalice/stack.yaml); Chalice only wants something of the form.
QUEUE = "arn:aws:sqs:ap-southeast-1:000000000000:set-by-the-stack"
TOPIC = "arn:aws:sns:ap-southeast-1:000000000000:set-by-the-stack"
STREAM = "arn:aws:dynamodb:ap-southeast-1:000000000000:table/set/stream/by-the-stack"


# Declared here, not in blueprints: on Lambda a blueprint's event function is imported without app.py,
# so middleware registered on `app` would silently not run (aws/chalice#1566).
@app.on_dynamodb_record(stream_arn=STREAM)
def relay(event: Any) -> Any:
    from chalicelib.history.followups import tell

    return each_insert(event, "event", lambda new: tell(new["pk"].removeprefix("D#"), int(new["seq"])))


@app.on_sqs_message(queue_arn=QUEUE)
def check_document(event: Any) -> Any:
    from chalicelib.documents.actions import arrived

    def uploaded(message: dict[str, Any]) -> None:
        for record in message.get("Records", []):  # a test message of S3 has none
            arrived(record["s3"]["object"]["key"], now())

    return each_message(event, uploaded)


@app.on_sqs_message(queue_arn=QUEUE)
def send_notices(event: Any) -> Any:
    from chalicelib.notices.actions import follow

    return each_message(event, lambda told: follow(told["dossier_id"], told["seq"], now()))


@app.on_sqs_message(queue_arn=QUEUE)
def follow_money(event: Any) -> Any:
    from chalicelib.payments.following import follow

    return each_message(event, lambda told: follow(told["dossier_id"], told["seq"], now()))


@app.on_sqs_message(queue_arn=QUEUE)
def dispatch_post(event: Any) -> Any:
    from chalicelib.postal.actions import follow

    return each_message(event, lambda told: follow(told["dossier_id"], told["seq"], now()))


@app.on_sns_message(topic=TOPIC)
def record_bounce(event: Any) -> None:
    from chalicelib.notices.actions import bounced

    bounced(event.message, now())


# Every 15 minutes from 07:00 to 18:45 in Vietnam, on any day: one off may be worked. Schedules are in UTC.
@app.schedule(Cron("0/15", "0-11", "*", "*", "?", "*"))
def flag_deadlines(event: Any) -> None:
    from chalicelib.dossiers.clock_actions import flag_deadlines

    flag_deadlines(now())


@app.schedule(Rate(10, unit=Rate.MINUTES))
def pull_tracking(event: Any) -> None:
    from chalicelib.postal.actions import pull_tracking

    pull_tracking(now())


@app.schedule(Rate(1, unit=Rate.MINUTES))
def retry_dispatch(event: Any) -> None:
    from chalicelib.postal.actions import retry_due

    retry_due(now())


@app.schedule(Rate(2, unit=Rate.MINUTES))
def poll_payments(event: Any) -> None:
    from chalicelib.payments.asking import speak_to_providers

    speak_to_providers(now())


@app.schedule(Rate(5, unit=Rate.MINUTES))
def recheck_documents(event: Any) -> None:
    from chalicelib.documents.actions import recheck_stuck

    recheck_stuck(now())


@app.schedule(Cron(0, 18, "*", "*", "?", "*"))
def expire_drafts(event: Any) -> None:
    from chalicelib.dossiers.clock_actions import expire_drafts

    expire_drafts(now())


@app.schedule(Cron(30, 18, "*", "*", "?", "*"))
def sweep_followups(event: Any) -> None:
    from chalicelib.history.followups import sweep

    sweep(now())


# Early in the morning in Vietnam: how far the announced calendar still reaches.
@app.schedule(Cron(0, 23, "*", "*", "?", "*"))
def watch_horizon(event: Any) -> None:
    from chalicelib.clock.actions import watch_horizon

    watch_horizon(now())


@app.schedule(Rate(1, unit=Rate.MINUTES))
def recalendar(event: Any) -> None:
    from chalicelib.dossiers.recalendar_actions import recalendar

    recalendar(now())
