"""The table of all pages: who of the cast gets in, and how the others are refused."""

from dataclasses import dataclass
from uuid import UUID

from tests.cast import CAST, MEMBERS

SIGNED_IN = tuple(name for name in CAST if name != "anonymous")
OFFICE = ("lead", "staff", "clerk")
SENDERS = ("lead", "clerk")
READERS = (*MEMBERS, "guest")
ELSEWHERE = "second_group_member"  # leads another working group, so pages without an object are open to them

OPEN = {
    "healthz",
    "home:imprint",
    "home:privacy",
    "home:accessibility",
    "home:help",
    "home:theme",
    "meetings:answer",
    "meetings:feed",
    "meetings:public_feed",
    "meetings:poll_answer",
    "members:accept",
    "members:unsubscribe",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
OWN_ACCOUNT = {
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_reauthenticate",
    "members:passkey_add",
    "members:passkeys",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
NUMBERED = {  # known by a number, as rows of the outbox and own things of the sign-in, or by two ids
    "office:message": [1],
    "office:retry": [1],
    "office:incoming": [1],
    "office:settle": [1],
    "office:attachment": [1, 1],
    "members:device_end": [1],
    "meetings:year": [2026],
    "meetings:mark_member": [UUID(int=1), UUID(int=2)],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
}


@dataclass(frozen=True)
class Page:
    """One address of one object: who may open it; of the others, whose refusal is 403 (they see the object) or 404."""

    name: str
    thing: str = ""
    allowed: tuple[str, ...] = SIGNED_IN
    forbidden: tuple[str, ...] = ()
    posts_only: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.thing}".strip()

    def status_for(self, name: str) -> int:
        if name == "anonymous":
            return 302
        if name in self.allowed:
            return 405 if self.posts_only else 200
        return 403 if name in self.forbidden else 404


def rest(*allowed: str) -> tuple[str, ...]:
    return tuple(name for name in SIGNED_IN if name not in allowed)


PAGES = (
    Page("home:start"),
    Page("home:topics"),
    Page("home:topic", "topic", MEMBERS),
    Page("topics:create", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("topics:edit", "topic", OFFICE, MEMBERS),
    Page("meetings:day_notes"),
    Page("meetings:year", "year"),
    Page("meetings:series", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("members:list"),
    Page("members:profile"),
    Page("members:feed", "", rest("former"), ("former",)),
    Page("members:sign_in"),
    Page("members:devices"),
    Page("members:devices_end_others", "", SIGNED_IN, posts_only=True),
    Page("members:device_end", "device", SIGNED_IN, posts_only=True),
    Page("members:access", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("members:fraktion_create", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:procedure", "group", ("lead",), MEMBERS),
    Page("office:public_calendar", "group", SIGNED_IN, posts_only=True),
    Page("office:term", "group", ("lead",), MEMBERS),
    Page("office:appoint", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:seat", "seat", OFFICE, MEMBERS),
    Page("office:end", "seat", ("lead",), MEMBERS),
    Page("office:replace", "seat", ("lead",), MEMBERS),
    Page("office:order", "deputy_seat", ("lead",), MEMBERS),
    Page("office:reopen", "ending_seat", ("lead",), MEMBERS),
    Page("office:start", "coming_seat", ("lead",), MEMBERS),
    Page("office:withdraw", "coming_seat", ("lead",), MEMBERS),
    Page("members:resend", "closed_seat", ("lead",), MEMBERS),
    Page("members:revoke", "closed_seat", ("lead",), MEMBERS),
    Page("members:reset_access", "seat", ("lead",), MEMBERS),
    Page("meetings:list"),
    Page("meetings:create", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("meetings:detail", "meeting"),
    Page("meetings:detail", "draft", OFFICE),
    Page("meetings:detail", "closed_meeting", READERS),
    Page("meetings:edit", "draft", OFFICE),
    Page("meetings:copy", "meeting", OFFICE, rest(*OFFICE)),
    Page("meetings:invite", "draft", SENDERS, ("staff",)),
    Page("meetings:invite", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:invite_preview", "draft", SENDERS, ("staff",)),
    Page("meetings:move", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:cancel", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:start", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:finish", "running", SENDERS, MEMBERS),
    Page("meetings:live", "meeting"),
    Page("meetings:live", "running", MEMBERS),
    Page("meetings:call_up", "running", SIGNED_IN, posts_only=True),
    Page("meetings:presence", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:presence", "running", SENDERS, MEMBERS),
    Page("meetings:mark_presence", "passed_on_seat", SIGNED_IN, posts_only=True),
    Page("meetings:mark_member", "member", SIGNED_IN, posts_only=True),
    Page("meetings:seat", "passed_on_seat", SENDERS, MEMBERS),
    Page("meetings:polls", "", (*MEMBERS, ELSEWHERE), rest(*MEMBERS, ELSEWHERE)),
    Page("meetings:poll_create", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("meetings:poll", "poll", MEMBERS),
    Page("meetings:poll_edit", "poll", OFFICE, MEMBERS),
    Page("meetings:poll_decide", "poll", SIGNED_IN, posts_only=True),
    Page("meetings:poll_call_off", "poll", OFFICE, MEMBERS),
    Page("meetings:rsvp", "meeting", SIGNED_IN, posts_only=True),
    Page("meetings:reorder", "draft", SIGNED_IN, posts_only=True),
    Page("meetings:item_create", "draft", OFFICE),
    Page("meetings:item_create", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:invitation_pdf", "meeting", READERS),
    Page("meetings:ics", "meeting", READERS),
    Page("meetings:agenda_item", "public_item"),
    Page("meetings:agenda_item", "item", READERS),
    Page("meetings:agenda_item", "confidential_item", MEMBERS),
    Page("meetings:agenda_item", "draft_item", OFFICE),
    Page("meetings:item_edit", "item", SENDERS, READERS),
    Page("meetings:item_edit", "confidential_item", SENDERS, MEMBERS),
    Page("meetings:item_delete", "item", SENDERS, READERS),
    Page("meetings:item_move", "item", SIGNED_IN, posts_only=True),
    Page("meetings:item_discussion", "item", SIGNED_IN, posts_only=True),
    Page("meetings:guests", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:guests", "draft", SENDERS, ("staff",)),
    Page("meetings:guest_invite", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:guest_invite", "draft", SENDERS, ("staff",)),
    Page("meetings:guest_edit", "guest_row", SENDERS, rest(*SENDERS)),
    Page("meetings:guest_access", "new_guest_row", SENDERS, rest(*SENDERS)),
    Page("meetings:guest_remove", "guest_row", SENDERS, rest(*SENDERS)),
    Page("meetings:proof", "meeting", OFFICE, rest(*OFFICE)),
    Page("meetings:proof", "draft", OFFICE),
    Page("meetings:proof_pdf", "meeting", OFFICE, rest(*OFFICE)),
    Page("meetings:delivery", "delivery", OFFICE, rest(*OFFICE)),
    Page("meetings:send_again", "delivery", OFFICE, rest(*OFFICE)),
    Page("meetings:address_works", "delivery", SIGNED_IN, posts_only=True),
    Page("meetings:delivery_reopen", "delivery", SIGNED_IN, posts_only=True),
    Page("meetings:recusals", "item", SENDERS, READERS),
    Page("meetings:recusals", "confidential_item", SENDERS, MEMBERS),
    Page("meetings:recusal_lift", "recusal", SENDERS, READERS),
    Page("meetings:comment_edit", "comment", ("delegate",), MEMBERS),
    Page("meetings:comment_withdraw", "comment", ("delegate",), MEMBERS),
    Page("meetings:comment_hide", "comment", ("lead",), MEMBERS),
    Page("minutes:create", "finished", SIGNED_IN, posts_only=True),
    Page("minutes:detail", "minutes", OFFICE),
    Page("minutes:detail", "final_minutes", MEMBERS),
    Page("minutes:attendance", "minutes", ("clerk",), OFFICE),
    Page("minutes:frame", "minutes", ("clerk",), OFFICE),
    Page("minutes:finalise", "minutes", ("clerk",), OFFICE),
    Page("minutes:entry", "entry", ("clerk",), OFFICE),
    Page("minutes:pdf", "minutes", OFFICE),
    Page("minutes:pdf", "final_minutes", MEMBERS),
    Page("office:outbox", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("office:message", "mail", OFFICE, rest(*OFFICE, ELSEWHERE)),
    Page("office:attachment", "file", OFFICE, rest(*OFFICE, ELSEWHERE)),
    Page("office:retry", "mail", SIGNED_IN, posts_only=True),
    Page("office:inbox", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("office:incoming", "incoming", OFFICE, rest(*OFFICE, ELSEWHERE)),
    Page("office:settle", "incoming", SIGNED_IN, posts_only=True),
    Page("office:operation", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("office:test_mail", "", SIGNED_IN, posts_only=True),
    Page("office:pause", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:resume", "", SIGNED_IN, posts_only=True),
    Page("office:own_data"),
    Page("office:people", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:export", "person", ("lead",), rest("lead", ELSEWHERE)),
    Page("office:erase", "person", ("lead",), rest("lead", ELSEWHERE)),
    Page("office:body", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:trail", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:trail_export", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("admin:index", "", ("superuser",), rest("superuser")),
    Page("admin:jsi18n", "", ("superuser",), rest("superuser")),
    Page("admin:operation", "", ("superuser",), rest("superuser")),
    Page("admin:operate", "task", ("superuser",), rest("superuser"), posts_only=True),
    Page("admin:members_person_changelist", "", ("superuser",), rest("superuser")),
    Page("admin:members_person_change", "account", ("superuser",), rest("superuser")),
    Page("admin:members_membership_changelist", "", ("superuser",), rest("superuser")),
    Page("admin:members_membership_add", "", ("superuser",), rest("superuser")),
    Page("admin:members_membership_change", "seat", ("superuser",), rest("superuser")),
    Page("admin:mail_message_changelist", "", ("superuser",), rest("superuser")),
    Page("admin:audit_line_changelist", "", ("superuser",), rest("superuser")),
)
