"""Sitzungen: agenda, invitations, replies, comments, reminders."""
