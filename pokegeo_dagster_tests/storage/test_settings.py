"""Where the studio keeps its things: what the environment may say, and what it is told when it may not."""

from pathlib import Path

import pytest

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.storage.folder_store import FolderStore
from pokegeo_dagster.storage.media_store import open_media_store
from pokegeo_dagster.storage.settings import StudioSettings

HOME = Path("/studio")


# Words that must never be shown again.
KEYS = {"AWS_ACCESS_KEY_ID": "hunter1", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_SESSION_TOKEN": "hunter3"}


def settings(**environ):
    return StudioSettings.from_env(environ, HOME)


def test_an_empty_environment_keeps_everything_at_home():
    for found in (settings(), settings(POKEGEO_MEDIA="", POKEGEO_DATABASE_URL=" ", POKEGEO_MEDIA_SERVICE="")):
        assert found.media_folder == HOME / "media"
        assert found.database_url == "sqlite:////studio/studio.db"
        assert found.service_url == "http://127.0.0.1:3070"
        assert found.s3 is None
        assert isinstance(open_media_store(found), FolderStore)


def test_a_folder_may_be_anywhere_and_is_counted_from_home():
    assert settings(POKEGEO_MEDIA="/mnt/films").media_folder == Path("/mnt/films")
    assert settings(POKEGEO_MEDIA="films").media_folder == HOME / "films"
    assert settings(POKEGEO_MEDIA="~/films").media_folder == Path("~/films").expanduser()


def test_a_bucket_takes_its_endpoint_and_keys_from_the_usual_variables():
    place = settings(
        POKEGEO_MEDIA="s3://films/studio/",
        AWS_ENDPOINT_URL="http://ignored",
        AWS_ENDPOINT_URL_S3="http://127.0.0.1:8333/",
        **KEYS,
        AWS_REGION="eu-west-1",
    ).s3

    assert (place.bucket, place.prefix, place.endpoint) == ("films", "studio", "http://127.0.0.1:8333")
    assert (place.access_key, place.secret_key, place.session_token) == tuple(KEYS.values())
    assert place.region == "eu-west-1"
    assert settings(POKEGEO_MEDIA="s3://films").s3.endpoint is None


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("postgres://me:pw@db/studio", "postgresql+psycopg2://me:pw@db/studio"),
        ("postgresql://me:pw@db:5433/studio?sslmode=require", "postgresql+psycopg2://me:pw@db:5433/studio?sslmode=require"),
        ("postgresql+psycopg2://me:p%40w@db/studio", "postgresql+psycopg2://me:p%40w@db/studio"),
        ("sqlite:////var/studio.db", "sqlite:////var/studio.db"),
        ("sqlite:///studio.db", "sqlite:////studio/studio.db"),
    ],
)  # fmt: skip
def test_a_database_url_is_brought_to_one_spelling(told, meant):
    assert settings(POKEGEO_DATABASE_URL=told).database_url == meant


def test_the_media_service_may_move():
    assert settings(POKEGEO_MEDIA_SERVICE="0.0.0.0:80").service_url == "http://0.0.0.0:80"
    assert settings(POKEGEO_MEDIA_SERVICE=":4000").service_url == "http://127.0.0.1:4000"


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"POKEGEO_MEDIA": "gs://films"}, "POKEGEO_MEDIA.*write a folder, or s3://bucket/prefix"),
        ({"POKEGEO_MEDIA": "s3://"}, "POKEGEO_MEDIA.*write s3://bucket/prefix"),
        ({"POKEGEO_MEDIA": "s3://me:hunter2@films"}, "POKEGEO_MEDIA.*no keys in it"),
        ({"POKEGEO_MEDIA": "s3://films/../hunter2"}, "POKEGEO_MEDIA.*prefix"),
        (
            {"POKEGEO_MEDIA": "s3://films", "AWS_ENDPOINT_URL": "localhost:8333"},
            "AWS_ENDPOINT_URL is no address",
        ),
        ({"POKEGEO_MEDIA": "s3://films", "AWS_ENDPOINT_URL_S3": "http://me:hunter2@h"}, "without keys"),
        ({"POKEGEO_MEDIA": "s3://films", "AWS_SECRET_ACCESS_KEY": "hunter2"}, "AWS_ACCESS_KEY_ID is not set"),
        ({"POKEGEO_DATABASE_URL": "hunter2"}, "POKEGEO_DATABASE_URL is no database URL: write sqlite:///"),
        (
            {"POKEGEO_DATABASE_URL": "mysql://me:hunter2@db/studio"},
            "mysql, which the studio does not speak: write",
        ),
        ({"POKEGEO_DATABASE_URL": "postgresql://me:hunter2@db"}, "names no database"),
        ({"POKEGEO_DATABASE_URL": "postgresql://me:hunter2@db:port/studio"}, "POKEGEO_DATABASE_URL"),
        ({"POKEGEO_DATABASE_URL": "sqlite://"}, "needs a file that every process can open"),
        ({"POKEGEO_MEDIA_SERVICE": "localhost"}, "POKEGEO_MEDIA_SERVICE.*write host:port"),
        ({"POKEGEO_MEDIA_SERVICE": "127.0.0.1:99999"}, "POKEGEO_MEDIA_SERVICE"),
        ({"POKEGEO_MEDIA_SERVICE": "http://127.0.0.1:80"}, "POKEGEO_MEDIA_SERVICE"),
    ],
)
def test_a_bad_value_is_refused_with_what_to_write_instead(environ, told):
    with pytest.raises(OrderRefused, match=told) as refusal:
        settings(**environ)

    assert "hunter2" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_settings_never_show_a_password():
    found = settings(
        POKEGEO_MEDIA="s3://films",
        **KEYS,
        POKEGEO_DATABASE_URL="postgresql://me:hunter4@db/studio?sslpassword=hunter5&sslmode=require",
    )

    shown = f"{found!r} {found} {found.s3!r} {found.s3} {found.database_shown} {found.media_shown}"

    assert "hunter" not in shown
    assert "postgresql+psycopg2://me:***@db/studio" in shown
    assert "sslmode=require" in shown
