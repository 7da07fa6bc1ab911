"""What people send about themselves, their teams and their applications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from containers.api.queries import Paging, Password
from vectoricons.auth.api_keys import Scope
from vectoricons.auth.login_history import LoginStatus
from vectoricons.common.errors import Invalid
from vectoricons.common.events import Outcome
from vectoricons.email_histories.db import EmailStatus
from vectoricons.users import passwords, users_to_emails, users_to_socials
from vectoricons.users.contributor_details import ApplicationStatus
from vectoricons.utils import Input, Line, Text, Word, may_be_left_out


def _held_to(rule: Callable[[str], object]) -> AfterValidator:
    """A *rule* of the domain as one of a field, which is named when it is broken."""

    def held(text: str) -> str:
        try:
            rule(text)
        except Invalid as refusal:
            raise ValueError(refusal.detail.removesuffix(".")) from None
        return text

    return AfterValidator(held)


def _to_come(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("it is over already")
    return moment


EmailAddress = Annotated[Line, _held_to(users_to_emails.address)]
NewPassword = Annotated[Password, _held_to(passwords.require_strong)]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,59}$")]
WebAddress = Annotated[Line, _held_to(users_to_socials.web_address)]
Code = Annotated[Word, StringConstraints(max_length=32)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ToCome = Annotated[AwareDatetime, AfterValidator(_to_come)]

NAME_RULE = "It is 2 to 60 letters, digits, points, dashes and underscores, and begins with no sign."
PASSWORD_RULE = (
    f"It has at least {passwords.SHORTEST} characters: upper and lower case, a digit, and a sign that is "
    "neither."
)


class Owned(Paging):
    """A list of what is people's own."""

    user_id: UUID | None = Field(
        None, description="It is the id of a person; only administrators see others'."
    )


class UserQuery(Paging):
    """A list of people."""

    email: Line | None = Field(None, description="It is an e-mail address.")
    username: Line | None = Field(None, description="It is a user name.")
    is_active: bool | None = Field(None, description="It is true or false.")
    is_deleted: bool | None = Field(None, description="It is true or false.")
    is_verified: bool | None = Field(None, description="It is true or false.")


class ApplicationQuery(Owned):
    """A list of applications."""

    status: ApplicationStatus | None = Field(None, description='It is "pending", "approved" or "declined".')


class LoginQuery(Owned):
    """A list of attempts to sign in."""

    email: Line | None = Field(None, description="It is the e-mail address that was given.")
    ip_address: Word | None = Field(None, description="It is where the attempt came from.")
    status: LoginStatus | None = Field(None, description='It is "SUCCESS" or "FAILED".')


class EventQuery(Paging):
    """A part of the audit trail."""

    entity: Word | None = Field(None, description='It is a kind of thing, such as "user".')
    operation: Word | None = Field(None, description='It is what was done, such as "create".')
    actor: Line | None = Field(None, description='It is "user:" and an id, or "system:" and a process.')
    trace_id: Word | None = Field(None, description="It is the X-Request-Id of a request.")
    status: Outcome | None = Field(None, description='It is "SUCCESS" or "FAILED".')


class LetterQuery(Owned):
    """A list of letters."""

    template: Word | None = Field(None, description='It is what a letter is, such as "verify-email".')
    recipient: Line | None = Field(None, description="It is the e-mail address it goes to.")
    status: EmailStatus | None = Field(None, description='It is "pending", "sent", "failed" or "needless".')


class TeamQuery(Owned):
    """A list of teams; the person is who owns them."""

    is_active: bool | None = Field(None, description="It is true or false.")


class NewUser(Input):
    """Who wants an account."""

    email: EmailAddress = Field(description="It is your e-mail address; a letter with a link goes there.")
    username: Username = Field(description=NAME_RULE)
    display_name: Line = Field(description="It is what others read.")
    password: NewPassword = Field(description=PASSWORD_RULE)
    first_name: Line | None = Field(None, description="It is your first name.")
    last_name: Line | None = Field(None, description="It is your last name.")


class Addressee(Input):
    """Whom a letter is for."""

    email: EmailAddress = Field(description="It is the e-mail address of your account.")


class OneTimeToken(Input):
    """What stands in a letter."""

    token: Token = Field(description="It is the token at the end of the link in the letter: 64 digits.")


class NewPasswordByLetter(OneTimeToken):
    """What stands in a letter, and the password to come."""

    password: NewPassword = Field(description=PASSWORD_RULE)


class PasswordChange(Input):
    """The password there is, and the one to come."""

    current: Password = Field(description="It is the password of your account as it is.")
    new: NewPassword = Field(description=PASSWORD_RULE)


class ProfilePatch(Input):
    """What may change of a person; whether the account is open, administrators say."""

    username: Username = may_be_left_out(NAME_RULE)
    display_name: Line = may_be_left_out("It is what others read.")
    first_name: Line | None = Field(None, description="It is your first name.")
    last_name: Line | None = Field(None, description="It is your last name.")
    image: WebAddress | None = Field(
        None, description="It is the address of a picture of you, from https:// on. Nobody here fetches it."
    )
    is_active: bool = may_be_left_out("It is true while the account may be used.")


class NewKey(Input):
    """An API key."""

    name: Line = Field(description="It is what you call it, such as the program that uses it.")
    scopes: list[Scope] = Field(min_length=1, description="It is what the key may be used for.")
    expires_at: ToCome | None = Field(None, description="It is when the key ends, with the time zone.")


class NewAddress(Input):
    """A postal address."""

    address_line_1: Line = Field(description="It is street and number.", alias="addressLine1")
    address_line_2: Line | None = Field(None, description="It is more of it.", alias="addressLine2")
    city: Line | None = Field(None, description="It is the city.")
    province: Line | None = Field(None, description="It is the province or state.")
    postal_code: Code | None = Field(None, description="It is the postal code.")
    country: Country | None = Field(None, description='It is two letters, such as "PT".')
    job: Line | None = Field(None, description="It is what you do there.")
    company_name: Line | None = Field(None, description="It is the company.")
    vat_number: Code | None = Field(None, description="It is the company's number for value added tax.")
    website: WebAddress | None = Field(None, description="It is the address of a page, from https:// on.")


class AddressPatch(NewAddress):
    """What may change of it."""

    address_line_1: Line = may_be_left_out("It is street and number.")


class NewEmail(Input):
    """One more e-mail address."""

    email: EmailAddress = Field(description="It is an e-mail address; a letter with a link goes there.")


class EmailPatch(Input):
    """Where to be reached from now on."""

    is_active: Literal[True] = Field(description="It is true: this is the address to be reached at.")


class NewSocial(Input):
    """A link to where else a person is to be found."""

    label: Line = Field(description="It is what you call it.")
    url: WebAddress = Field(description="It is the address of a page, from https:// on.")


class SocialPatch(Input):
    """What may change of it."""

    label: Line = may_be_left_out("It is what you call it.")
    url: WebAddress = may_be_left_out("It is the address of a page, from https:// on.")


class Application(Input):
    """Why somebody wants to sell with us."""

    company_name: Line | None = Field(None, description="It is your company.")
    country: Line | None = Field(None, description="It is where you work.")
    how_did_you_hear_about_us: Text | None = Field(None, description="It is how you came to us.")
    intended_assets: Text | None = Field(None, description="It is what you would sell.")
    looking_for_in_marketplace: Text | None = Field(None, description="It is what you look for with us.")
    links_to_other_markets: Text | None = Field(None, description="It is where else you sell.")
    publications_interviews: Text | None = Field(None, description="It is where one can read about you.")
    asset_links: Text | None = Field(None, description="It is where your work is to be seen.")


class Refusal(Input):
    """Why an application is declined."""

    reason: Annotated[Text, StringConstraints(min_length=1)] = Field(
        description="It is what the applicant is told."
    )


class NewTeam(Input):
    """A team, which you will own."""

    name: Line = Field(description="It is its name; no other team has it.")
    team_type_id: int = Field(description="It is the id of a team type.", ge=1, le=2**63 - 1)


class TeamPatch(Input):
    """What may change of a team."""

    name: Line = may_be_left_out("It is its name; no other team has it.")
    is_active: bool = may_be_left_out("It is true while the team is in use.")


class NewMember(Input):
    """Who is to belong to the team."""

    username: Username = Field(description="It is the user name of a person.")


class NewOwner(Input):
    """Who is to own the team."""

    user_id: UUID = Field(description="It is the id of one of the members.")
