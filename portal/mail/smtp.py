"""Django's way to the mail server, keeping what the server says when it takes a mail: the proof of the handover."""

import smtplib

from django.core.mail.backends import smtp


class _Noting:
    """The last answer to a whole mail."""

    answer: tuple[int, bytes] | None = None

    def data(self, msg: bytes | str) -> tuple[int, bytes]:
        self.answer = super().data(msg)  # type: ignore[misc]  # stands before SMTP in each class that uses it
        return self.answer


class _Plain(_Noting, smtplib.SMTP):
    pass


class _Encrypted(_Noting, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """The backend for `smtp:`, `smtp+tls:` and `smtp+ssl:` in EMAIL_URL."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Encrypted if self.use_ssl else _Plain

    @property
    def answer(self) -> tuple[int, bytes] | None:
        """Code and words with which the server took the last mail."""
        return getattr(self.connection, "answer", None)
