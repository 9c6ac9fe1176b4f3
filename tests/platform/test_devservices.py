"""Throw-away servers, from the machine and from the wheels."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from arbeitskreis import devservices


@pytest.mark.parametrize("origin", ["system", "wheel"])
def test_postgres_starts_answers_and_leaves_nothing(origin):
    try:
        server = devservices.Postgres(origin)
    except devservices.Missing:
        pytest.skip(f"no PostgreSQL from the {origin}")
    connection = psycopg2.connect(server.url)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
    connection.close()
    server.stop()
    assert not server.folder.exists()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(server.url)


@pytest.mark.parametrize("origin", ["system", "wheel"])
def test_redis_starts_answers_and_leaves_nothing(origin):
    try:
        server = devservices.Redis(origin)
    except devservices.Missing:
        pytest.skip(f"no Redis from the {origin}")
    client = redis.Redis.from_url(server.url)
    assert client.ping()
    client.close()
    server.stop()
    assert not server.folder.exists()


def test_server_that_does_not_start_tells_why(tmp_path):
    server = devservices.Server(tmp_path, 15)
    with pytest.raises(RuntimeError, match="no such option"):
        server.launch(["sh", "-c", "echo no such option; exit 1"], ready=lambda: False)


def test_server_ends_with_a_killed_parent():
    start = "import time; from arbeitskreis.devservices import Redis; print(Redis().url, flush=True); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True)
    client = redis.Redis.from_url(parent.stdout.readline().strip(), retry=None)
    assert client.ping()
    parent.kill()
    parent.communicate()
    assert ends_within(5, client)


def ends_within(seconds, client):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            return True
        time.sleep(0.05)
    return False


def test_folders_of_killed_processes_are_swept(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, own = tmp_path / f"ak-{dead.pid}-x", tmp_path / f"ak-{os.getpid()}-y"
    left.mkdir()
    own.mkdir()
    new = devservices.new_folder("ak", parent=tmp_path)
    assert set(tmp_path.iterdir()) == {own, new}


def test_closed_folder_above_the_binaries_is_left_closed(tmp_path):
    package = tmp_path / "closed" / "embedded"
    (package / "pginstall" / "bin").mkdir(parents=True)
    (package / "pginstall" / "bin" / "postgres").touch()
    package.with_name("embedded.libs").mkdir()
    (tmp_path / "closed").chmod(0o700)
    copy = devservices.reachable(package / "pginstall" / "bin", tmp_path / "server")
    assert copy.is_relative_to(tmp_path / "server")
    assert (copy / "postgres").exists()
    assert (tmp_path / "server" / "install" / "embedded.libs").is_dir()
    assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o700
    assert devservices.reachable(Path("/usr/bin"), tmp_path / "server") == Path("/usr/bin")
