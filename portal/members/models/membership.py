from datetime import date, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from portal.members.models.organization import Organization, RulesOfProcedure
from portal.members.models.person import Invitation, Person


class Role(models.TextChoices):
    LEAD = "lead", "Leitung"
    STAFF = "staff", "Verwaltung"
    CLERK = "clerk", "Schriftführung"
    DELEGATE = "delegate", "Delegierte Person"
    DEPUTY = "deputy", "Stellvertretung"

    @classmethod
    def of_fraktion(cls) -> "tuple[Role, Role]":
        """The roles somebody has on behalf of a Fraktion."""
        return cls.DELEGATE, cls.DEPUTY

    @classmethod
    def of_office(cls) -> "tuple[Role, Role, Role]":
        """The roles of the Verwaltung: lead, staff, clerk."""
        return cls.LEAD, cls.STAFF, cls.CLERK


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> "MembershipQuerySet":
        """Half-open: the end date is the first day without the seat."""
        return self.filter(Q(end_date=None) | Q(end_date__gt=day), start_date__lte=day)

    def current(self) -> "MembershipQuerySet":
        return self.on(localdate())

    def lasting(self) -> "MembershipQuerySet":
        """Of today or still to come; a seat that was taken back before it began has no day at all."""
        return self.filter(Q(end_date=None) | Q(end_date__gt=localdate())).exclude(end_date=F("start_date"))

    def reading(self) -> "MembershipQuerySet":
        """Those that read the non-public part of every meeting; of the deputies only where the house rule says so."""
        of_today = RulesOfProcedure.objects.filter(organization=OuterRef("organization"), valid_from__lte=localdate())
        newest = Subquery(of_today.order_by("-valid_from").values("deputy_access")[:1])
        always = RulesOfProcedure.DeputyAccess.ALWAYS
        return self.alias(house_rule=Coalesce(newest, Value(always))).filter(
            ~Q(role=Role.DEPUTY) | Q(house_rule=always)
        )

    def with_newest_link(self) -> "MembershipQuerySet":
        """When the person's latest one-time link went out, and until when it is good: `link_sent`, `link_until`."""
        newest = Invitation.objects.filter(person=OuterRef("person")).order_by("-created_at")
        return self.annotate(
            link_sent=Subquery(newest.values("created_at")[:1]), link_until=Subquery(newest.values("expires_at")[:1])
        )

    def visible_to(self, person: Person) -> "MembershipQuerySet":
        """Members see the members of their own working groups."""
        if not person.is_authenticated:
            return self.none()
        own = Membership.objects.current().filter(person=person).values("organization")
        return self.filter(organization__in=own)


class Membership(models.Model):
    """A place in a working group: who speaks for which Fraktion, or serves it, and since when."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="Person")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name="Arbeitskreis"
    )
    on_behalf_of = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name="Fraktion"
    )
    role = models.CharField("Funktion", max_length=20, choices=Role)
    rank = models.PositiveSmallIntegerField("Rang der Vertretung", null=True, blank=True)
    start_date = models.DateField("von", default=localdate)
    end_date = models.DateField("bis", null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Mitgliedschaft"
        verbose_name_plural = "Mitgliedschaften"
        ordering = ["organization", "role", "rank"]
        constraints = [
            models.UniqueConstraint(
                name="one_delegate_per_fraktion",
                fields=["organization", "on_behalf_of"],
                condition=Q(role=Role.DELEGATE, end_date=None),
                violation_error_message="Diese Fraktion hat bereits eine delegierte Person.",
            ),
            models.UniqueConstraint(
                name="one_deputy_per_rank",
                fields=["organization", "on_behalf_of", "rank"],
                condition=Q(role=Role.DEPUTY, end_date=None),
                violation_error_message="Diesen Rang hat in dieser Fraktion bereits eine andere Stellvertretung.",
            ),
            models.UniqueConstraint(
                name="one_role_once_a_person",
                fields=["person", "organization", "role"],
                condition=Q(end_date=None),
                violation_error_message="Diese Person hat diese Funktion bereits.",
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
                violation_error_message="Das Ende darf nicht vor dem Beginn liegen.",
            ),
            models.CheckConstraint(name="membership_role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="membership_fraktion_fits_role",
                condition=Q(role__in=[Role.DELEGATE, Role.DEPUTY], on_behalf_of__isnull=False)
                | Q(role__in=[Role.LEAD, Role.STAFF, Role.CLERK], on_behalf_of=None),
                violation_error_message="Delegierte und Stellvertretungen brauchen eine Fraktion, alle anderen keine.",
            ),
            models.CheckConstraint(
                name="membership_rank_fits_role",
                condition=Q(role=Role.DEPUTY, rank__isnull=False) | (~Q(role=Role.DEPUTY) & Q(rank=None)),
                violation_error_message="Nur Stellvertretungen haben einen Rang.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.label}"

    @property
    def label(self) -> str:
        """What stands behind the name: the Fraktion, for a deputy with rank, else the role."""
        if self.role == Role.DEPUTY:
            return f"{self.on_behalf_of.short_name}, {self.rank}. Stellvertretung"
        return self.on_behalf_of.short_name if self.on_behalf_of else self.get_role_display()

    @property
    def is_current(self) -> bool:
        """Whether the seat is held today."""
        return self.start_date <= localdate() and (self.end_date is None or self.end_date > localdate())

    @property
    def has_begun(self) -> bool:
        return self.start_date <= localdate()

    @property
    def is_over(self) -> bool:
        return self.end_date is not None and (self.end_date <= localdate() or self.end_date == self.start_date)

    @property
    def last_day(self) -> date | None:
        """What people call the end; `end_date` is the first day without the seat."""
        return self.end_date and self.end_date - timedelta(days=1)
