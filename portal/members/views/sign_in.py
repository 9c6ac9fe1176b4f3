"""How one signs in: password, passkeys, codes."""

from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView

from portal.members import rules


class Overview(IndexView):
    """All ways in at a glance; the page for those who have to set up a second factor first."""

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"is_due": rules.lacks_second_factor(self.request.user)}


class AddPasskey(AddWebAuthnView):
    """A passkey of this portal always works alone: kept on the device, unlocked by its owner."""

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        options = begin_registration(self.request.user, passwordless=True)
        return context | {"js_data": {"creation_options": options}}
