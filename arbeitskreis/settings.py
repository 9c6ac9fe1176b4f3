"""All settings in one module, read from the environment. The README lists every variable."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels

from arbeitskreis.secret import kept_secret

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

# The installation -----------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
AUDIT_KEYS = [
    key for key in (env.str("AUDIT_KEY", ""), SECRET_KEY, *SECRET_KEY_FALLBACKS) if key
]  # the first one seals
BASE_URL = env.str("BASE_URL", "http://localhost:8000").rstrip("/")  # links in mails, PDFs and calendars start with it
HTTPS = env.bool("HTTPS", BASE_URL.startswith("https:"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# Apps, from the top room to the bottom one (ARCHITECTURE.md) ----------------------------------------------------------
INSTALLED_APPS = [
    "arbeitskreis",
    "portal.office",
    "portal.home",
    "portal.minutes",
    "portal.meetings",
    "portal.topics",
    "portal.members",
    "portal.mail",
    "portal.audit",
    "portal.ui",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "arbeitskreis.watch.Watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "arbeitskreis.middleware.even_answers",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "arbeitskreis.middleware.signed_in",
    "arbeitskreis.middleware.SignInMiddleware",
    "arbeitskreis.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "arbeitskreis.urls"
WSGI_APPLICATION = "arbeitskreis.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.home.context.frame",
            ],
            "builtins": ["portal.ui.templatetags.ui"],
        },
    }
]
FORMS_URLFIELD_ASSUME_HTTPS = True  # the default from Django 6 on; leaves with the upgrade
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_TEMPLATE_PACK = CRISPY_ALLOWED_TEMPLATE_PACKS = "kern"
MESSAGE_TAGS = {message_levels.ERROR: "danger", message_levels.DEBUG: "info"}

# Database, cache, files -----------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    connection_options = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    }
else:
    connection_options = {
        "connect_timeout": 3,
        "tcp_user_timeout": 5000,
        "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
    }
DATABASES["default"]["OPTIONS"] = connection_options | DATABASES["default"].get("OPTIONS", {})
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
NODE_MODULES = Path(env.str("NODE_MODULES", str(BASE_DIR / "node_modules")))
STATIC_URL = "static/"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("kern", NODE_MODULES / "@kern-ux/native/dist"),
    ("fira", NODE_MODULES / "@fontsource/fira-sans/files"),
]
COLLECTED_STATIC = env.bool("COLLECTED_STATIC", not DEBUG)  # False: files are served from where they lie
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static"))) if COLLECTED_STATIC else None
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# Sign-in --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:start"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("first_name", "last_name", "email")},
    },
]
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "portal.members.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True  # one address for each account: a new one takes the place of the old one
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "portal.members.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "portal.members.forms.PasskeyForm",
    "authenticate_webauthn": "portal.members.forms.PasskeySecondStepForm",
    "login_webauthn": "portal.members.forms.PasskeyLoginForm",
    "reauthenticate_webauthn": "portal.members.forms.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Arbeitskreis-Portal"
MFA_TOTP_TOLERANCE = 0
MFA_TRUST_ENABLED = False
ACCOUNT_FORMS = {"confirm_login_code": "portal.members.forms.LoginCodeForm"}
SIGN_IN_ANSWER_SECONDS = 0.5  # more than a sign-in takes; each answer waits until then
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=["lead", "staff", "clerk", "superuser"])
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60

# Browser security -----------------------------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the e-mail address is unique by a constraint that ignores case
    "security.W021",  # no HSTS preload: the operator's whole domain would be bound by it
]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Mail: everything goes through the outbox; its sender hands over to SMTP_BACKEND --------------------------------------
EMAIL_BACKEND = "portal.mail.backend.OutboxBackend"
mail_server = env.email_url("EMAIL_URL", default="") if env.str("EMAIL_URL", "") else {}
SMTP_BACKEND = mail_server.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
if SMTP_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    SMTP_BACKEND = "portal.mail.smtp.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mails"
EMAIL_HOST = mail_server.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = mail_server.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = mail_server.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = mail_server.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = mail_server.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = mail_server.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Arbeitskreis-Portal <portal@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ORGANIZER_EMAIL = env.str("ORGANIZER_EMAIL", "sitzungsdienst@example.org")  # calendar programs send their replies there
INBOUND_ADDRESS = env.str(
    "INBOUND_ADDRESS", ""
)  # the portal's own mailbox; answers and returned mail go to plus-addresses
INBOUND_URL = env.str("INBOUND_URL", "")  # where it is read: imap+ssl://user:password@host/INBOX
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", 120)

# Work in the background -----------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if CELERY_BROKER_URL.startswith("filesystem:"):
    queue = str(VAR_DIR / "queue")
    broker_options: dict[str, object] = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": queue}
else:
    broker_options = {"socket_keepalive": True}
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Log ------------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_keys": {"()": "arbeitskreis.log.WithoutKeys"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # The sweep runs every five seconds; what it did stands in the outbox.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
