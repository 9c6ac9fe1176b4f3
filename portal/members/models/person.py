import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from portal.members.models.token import hash_of, new_token

if TYPE_CHECKING:
    from portal.members.models.membership import Membership
    from portal.members.models.organization import Organization


def sort_key(text: str) -> str:
    """How German lists sort a name: Ä like a, ß like ss, case aside; the same on every database."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


class SortKeyField(models.CharField):
    """Keeps the sort key of a person's name at every save."""

    def pre_save(self, person: "Person", add: bool) -> str:
        person.sort_key = sort_key(f"{person.last_name} {person.first_name}")
        return person.sort_key


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields) -> "Person":
        """A person who can sign in once a password is set."""
        person = self.model(email=self.normalize_email(email) or None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "Person":
        """Administers accounts; reads no content unless appointed."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "Person":
        return self.get(email__iexact=email)


class Notify(models.TextChoices):
    """When somebody hears of new comments and minutes."""

    AT_ONCE = "at_once", "Sofort, jede Neuigkeit als eigene E-Mail"
    DAILY = "daily", "Täglich gesammelt in einer E-Mail am Morgen"
    INVITATIONS = "invitations", "Nur Einladungen, sonst keine E-Mails"


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with a name; whoever has an address may sign in, what they see follows from memberships."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField("E-Mail-Adresse", null=True, blank=True)
    salutation = models.CharField("Anrede", max_length=10, blank=True, choices=[("Frau", "Frau"), ("Herr", "Herr")])
    title = models.CharField("Titel", max_length=30, blank=True)
    first_name = models.CharField("Vorname", max_length=60)
    last_name = models.CharField("Nachname", max_length=60)
    sort_key = SortKeyField(max_length=130, editable=False)
    is_active = models.BooleanField("Zugang offen", default=True)
    notify = models.CharField(
        "Neues im Arbeitskreis",
        max_length=12,
        choices=Notify,
        default=Notify.AT_ONCE,
        help_text="Einladungen, Änderungen und Absagen erhalten Sie in jedem Fall sofort.",
    )
    news_until = models.DateTimeField("Neues gesammelt bis", default=timezone.now, editable=False)
    erased_at = models.DateTimeField("gelöscht am", null=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]
    objects = PersonManager()

    class Meta:
        verbose_name = "Person"
        verbose_name_plural = "Personen"
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_once",
                violation_error_message="Diese E-Mail-Adresse gehört schon zu einer Person.",
            ),
            models.CheckConstraint(
                name="person_notify_is_known", condition=Q(notify__in=["at_once", "daily", "invitations"])
            ),
            models.CheckConstraint(
                name="person_erased_has_no_account", condition=Q(erased_at=None) | Q(email=None, is_active=False)
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    def get_short_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def formal_name(self) -> str:
        """How a letter addresses the person: "Frau Dr. Albers"."""
        parts = (self.salutation, self.title, self.last_name) if self.salutation else (self.first_name, self.last_name)
        return " ".join(part for part in parts if part)

    @property
    def has_opened_account(self) -> bool:
        """Whether the person has come in once, by whichever way."""
        return self.has_usable_password() or self.last_login is not None

    @property
    def has_second_factor(self) -> bool:
        """A passkey, or an app that shows codes; the codes for emergencies only come with one of them."""
        return self.authenticator_set.filter(type__in=["totp", "webauthn"]).exists()

    @cached_property
    def current_memberships(self) -> "list[Membership]":
        """Today's memberships, read once per request; working groups first in order of appointment."""
        return list(self.memberships.current().select_related("organization", "on_behalf_of").order_by("start_date"))

    @property
    def public_calendars(self) -> "list[Organization]":
        """Those of the person's working groups today whose public calendar is open."""
        groups = {seat.organization_id: seat.organization for seat in self.current_memberships}
        return [group for group in groups.values() if group.has_public_calendar]


class Invitation(models.Model):
    """The one-time link by which an appointed person opens the account. Only a hash of its token is kept."""

    LIFETIME = timedelta(days=14)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations", verbose_name="Person")
    membership = models.ForeignKey(
        "members.Membership", models.CASCADE, null=True, blank=True, related_name="+", verbose_name="Mitgliedschaft"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("verschickt am", auto_now_add=True)
    expires_at = models.DateTimeField("gilt bis")
    used_at = models.DateTimeField("benutzt am", null=True, blank=True)

    class Meta:
        verbose_name = "Zugangslink"
        verbose_name_plural = "Zugangslinks"

    def __str__(self) -> str:
        return f"Zugangslink für {self.person}"

    new_token = staticmethod(new_token)
    hash_of = staticmethod(hash_of)

    @property
    def is_open(self) -> bool:
        """Unused, in time, for an account that is not closed, and for a seat that has not ended."""
        seat = self.membership
        is_seated = seat is None or seat.end_date is None or seat.end_date > timezone.localdate()
        return self.used_at is None and self.expires_at > timezone.now() and self.person.is_active and is_seated
