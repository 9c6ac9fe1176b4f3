"""The outbox: put() in, mail out; the only room that talks SMTP."""
