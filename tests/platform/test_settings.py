"""Settings as an operator meets them: by the environment."""

import json
import stat

import pytest

PRODUCTION = {
    "BASE_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1/portal?sslmode=prefer",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.org:587",
    "SECRET_KEY": "a-long-and-random-value-" * 3,
    "TRUSTED_PROXY_COUNT": "1",
}
SHOW = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))
"""


@pytest.fixture
def settings_of(manage):
    def read(*names, **environment):
        shown = manage("shell", "--no-imports", "-c", SHOW % (names,), **environment)
        assert shown.returncode == 0, shown.stderr
        values = json.loads(shown.stdout)
        return values[names[0]] if len(names) == 1 else [values[name] for name in names]

    return read


def test_production_settings_pass_the_deployment_check(manage):
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_deployment_check_finds_a_weak_key_and_missing_mail_server(manage):
    weak = {**PRODUCTION, "SECRET_KEY": "short", "EMAIL_URL": ""}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **weak)
    assert done.returncode == 1
    assert "security.W009" in done.stderr
    assert "arbeitskreis.W001" in done.stderr


def test_secret_key_is_made_once_and_kept_for_the_owner(settings_of, tmp_path):
    first = settings_of("SECRET_KEY")
    assert len(first) > 50
    assert settings_of("SECRET_KEY") == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_https_address_switches_cookies_redirect_and_hsts(settings_of):
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
    assert settings_of(*names, **PRODUCTION) == ["__Host-sessionid", True, True, 31_536_000]
    assert settings_of(*names) == ["sessionid", False, False, 0]


def test_only_the_host_of_the_address_is_served(settings_of):
    assert settings_of("ALLOWED_HOSTS", **PRODUCTION) == ["portal.example.org"]


def test_header_of_a_proxy_is_believed_only_behind_one(settings_of):
    behind = settings_of("SECURE_PROXY_SSL_HEADER", **PRODUCTION)
    alone = settings_of("SECURE_PROXY_SSL_HEADER", **{**PRODUCTION, "TRUSTED_PROXY_COUNT": "0"})
    assert (behind, alone) == (["HTTP_X_FORWARDED_PROTO", "https"], None)


def test_options_of_the_database_address_join_our_time_limits(settings_of):
    options = settings_of("DATABASES", **PRODUCTION)["default"]["OPTIONS"]
    assert options["sslmode"] == "prefer"
    assert "statement_timeout=15000" in options["options"]


def test_mail_goes_to_files_until_a_server_is_named(settings_of):
    assert settings_of("SMTP_BACKEND").endswith("filebased.EmailBackend")
    named = settings_of("SMTP_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", **PRODUCTION)
    assert named == ["portal.mail.smtp.EmailBackend", "mail.example.org", 587, True]


def test_missing_npm_assets_are_an_error(manage, tmp_path):
    done = manage("check", NODE_MODULES=str(tmp_path))
    assert done.returncode == 1
    assert "arbeitskreis.E001" in done.stderr
    assert "kern/kern.min.css" in done.stderr
