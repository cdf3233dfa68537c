"""The same production on a bucket: choosing S3 is configuration, and nothing else changes."""

from pathlib import Path

from pokegeo_dagster_tests.emulators.s3_server import s3_server


def test_an_episode_is_made_on_a_real_s3_server(tmp_path: Path, run_in, rehearsal: Path) -> None:
    home = tmp_path / "studio"
    order = ("produce", "gyarados", "--clips", "3", "--profile", "rehearsal")
    with s3_server(tmp_path / "s3") as server:
        settings = {
            "POKEGEO_MEDIA": f"s3://{server.bucket}/films",
            "AWS_ENDPOINT_URL_S3": server.endpoint,
            "AWS_ACCESS_KEY_ID": server.access_key,
            "AWS_SECRET_ACCESS_KEY": server.secret_key,
        }
        done = run_in(home, *order, **settings)
        again = run_in(home, *order, **settings)

    assert done.returncode == 0, done.stderr
    assert "nothing was made again" in again.stdout, again.stderr
    assert not (home / "media").exists()
    film = Path("films") / "gyarados" / "gyarados_final.mp4"
    assert (home / film).read_bytes() == (rehearsal / film).read_bytes()
