from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "portal.mail"
    verbose_name = "Postausgang"
