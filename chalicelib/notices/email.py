"""Letters by e-mail, through Amazon SES. The only module that talks to it."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from chalicelib.dossiers.people import Person
from chalicelib.notices.channels import InDoubt, Letter, NotSent, Refused
from chalicelib.settings import settings

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

NAME: Final = "email"
# SES will not take this letter for this address, now or later.
FOR_GOOD: Final = {"BadRequestException", "MessageRejected"}


def address_of(applicant: Person) -> str | None:
    return applicant.email


def send(to: str, letter: Letter, reference: str) -> str:
    from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

    try:
        answer = _ses().send_email(
            FromEmailAddress=settings().MAIL_FROM,
            Destination={"ToAddresses": [to]},
            Content={"Simple": _message(letter)},
            EmailTags=[{"Name": "reference", "Value": reference}],
        )
    # What SES says of an error may quote the address: only its code goes further.
    except ClientError as error:
        raise _what_became(error) from None
    except (ConnectTimeoutError, EndpointConnectionError):
        raise NotSent("unreachable") from None
    except HTTPClientError as error:
        raise InDoubt(type(error).__name__) from None
    return str(answer["MessageId"])


def _message(letter: Letter) -> dict[str, Any]:
    return {
        "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": letter.text, "Charset": "UTF-8"}},
        # RFC 3834: holiday answers and mailing robots leave such mail alone.
        "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
    }


def _what_became(error: "ClientError") -> Exception:
    code = error.response["Error"]["Code"]
    if code in FOR_GOOD:
        return Refused(code)
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return InDoubt(code) if status >= 500 else NotSent(code)


@cache
def _ses() -> Any:
    import boto3
    from botocore.config import Config

    # One attempt: botocore would repeat after a lost answer, and the person would be told twice.
    config = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})
    return boto3.client("sesv2", region_name=settings().AWS_REGION, config=config)
