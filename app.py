"""Every way into the service: routes and pages by room, then each queue, stream and schedule, a line or two each."""

from typing import Any

from chalice import Cron, Rate

from chalicelib.batches import each_insert, each_message
from chalicelib.catalogue.routes import routes as catalogue_routes
from chalicelib.clock.calendar_routes import routes as calendar_routes
from chalicelib.clock.now import now
from chalicelib.clock.outage_routes import routes as outage_routes
from chalicelib.clock.routes import routes as clock_routes
from chalicelib.dossiers.apology_routes import routes as apology_routes
from chalicelib.dossiers.cover_routes import routes as cover_routes
from chalicelib.dossiers.desk_routes import routes as desk_routes
from chalicelib.dossiers.file_routes import routes as file_routes
from chalicelib.dossiers.paper_routes import routes as dossier_paper_routes
from chalicelib.dossiers.recalendar_routes import routes as replay_routes
from chalicelib.dossiers.routes import routes as dossier_routes
from chalicelib.papers.routes import routes as paper_routes
from chalicelib.payments.finance_routes import routes as finance_routes
from chalicelib.payments.receipts.routes import routes as receipt_routes
from chalicelib.payments.reconciling.routes import routes as reconciliation_routes
from chalicelib.payments.routes import routes as payment_routes
from chalicelib.postal.routes import routes as postal_routes
from chalicelib.site.admin_pages import pages as admin_pages
from chalicelib.site.agencies_pages import pages as agencies_pages
from chalicelib.site.catalogue_pages import pages as catalogue_pages
from chalicelib.site.counter_pages import pages as counter_pages
from chalicelib.site.cover_pages import pages as cover_pages
from chalicelib.site.desk_file_pages import pages as desk_file_pages
from chalicelib.site.desk_pages import pages as desk_pages
from chalicelib.site.dossier_pages import pages as dossier_pages
from chalicelib.site.filing_pages import pages as filing_pages
from chalicelib.site.finance_pages import pages as finance_pages
from chalicelib.site.officer_pages import pages as officer_pages
from chalicelib.site.officers_pages import pages as officers_pages
from chalicelib.site.owner_pages import pages as owner_pages
from chalicelib.site.paper_pages import pages as paper_pages
from chalicelib.site.pay_pages import pages as pay_pages
from chalicelib.site.print_pages import pages as print_pages
from chalicelib.site.reconciliation_pages import pages as reconciliation_pages
from chalicelib.site.reference_pages import pages as reference_pages
from chalicelib.site.revocation_pages import pages as revocation_pages
from chalicelib.site.search_pages import pages as search_pages
from chalicelib.site.sign_in_pages import pages as sign_in_pages
from chalicelib.site.status_pages import pages as status_pages
from chalicelib.site.submission_pages import pages as submission_pages
from chalicelib.site.supervision_pages import pages as supervision_pages
from chalicelib.site.supplement_pages import pages as supplement_pages
from chalicelib.site.template_pages import pages as template_pages
from chalicelib.site.wording_pages import pages as wording_pages
from chalicelib.watching import watched
from chalicelib.web import App
from chalicelib.web.reading import routes as reading_routes

app = App(app_name="motcua")
app.register_middleware(watched, "all")
for routes in (
    reading_routes,
    catalogue_routes,
    clock_routes,
    calendar_routes,
    outage_routes,
    dossier_routes,
    file_routes,
    desk_routes,
    apology_routes,
    cover_routes,
    dossier_paper_routes,
    paper_routes,
    replay_routes,
    payment_routes,
    reconciliation_routes,
    receipt_routes,
    finance_routes,
    postal_routes,
    catalogue_pages,
    status_pages,
    dossier_pages,
    filing_pages,
    owner_pages,
    paper_pages,
    pay_pages,
    submission_pages,
    supplement_pages,
    sign_in_pages,
    desk_pages,
    cover_pages,
    search_pages,
    counter_pages,
    officer_pages,
    revocation_pages,
    desk_file_pages,
    print_pages,
    supervision_pages,
    finance_pages,
    reconciliation_pages,
    admin_pages,
    template_pages,
    wording_pages,
    agencies_pages,
    officers_pages,
    reference_pages,
):
    app.register_blueprint(routes)

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
