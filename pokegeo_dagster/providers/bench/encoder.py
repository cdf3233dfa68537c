"""The encoder: the one delivery profile, and a pipe that turns planes of picture into it.

Every segment of an episode is made with the arguments that live here, so that SPS and PPS are the
same in all of them and the final cut joins by copying packets.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import ffmpeg
import imageio_ffmpeg
import numpy as np

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.bench.parameter_sets import OUR_ID

_X264 = "open-gop=0:threads=1:lookahead-threads=1:rc-lookahead=10"
TICKS_PER_FRAME = 1000  # the time scale is the rate × 1000: a frame is exactly a thousand ticks


class EncodeFailed(ProductionError):
    """ffmpeg did not finish a file. Nothing was left under its name."""


def encoder_arguments(delivery: Delivery, key_at: int = 0) -> dict[str, Any]:
    """The output options of the delivery profile, by ffmpeg name.

    Closed groups of two seconds, so that a player can seek; one thread, because x264's output
    depends on the number of threads; `stitchable`, without which the headers differ between
    segments; a number for our headers that is not the one vendors use, so that both may be in one
    film; a look ahead of ten pictures instead of twenty, which saves 65 MB and a tenth of the time;
    no date and no encoder name in the container. A group of its own begins at frame `key_at`.
    """
    keys = {"force_key_frames": f"expr:eq(n,{key_at})"} if key_at else {}
    return {
        **keys,
        "c:v": "libx264",
        "preset": delivery.preset,
        "crf": delivery.crf,
        "profile:v": "high",
        "level:v": "4.1",
        "pix_fmt": "yuv420p",
        "g": delivery.rate_fps * 2,
        "x264-params": f"stitchable=1:sps-id={OUR_ID}:{_X264}",
        "threads": 1,
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "colorspace": "bt709",
        "color_range": "tv",
        "video_track_timescale": delivery.rate_fps * TICKS_PER_FRAME,
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        "an": None,
        "f": "mp4",
    }


def ffmpeg_path() -> str:
    """The ffmpeg that comes with the program. No other is ever used: its version is the film's."""
    return imageio_ffmpeg.get_ffmpeg_exe()


def command(stream: Any) -> list[str]:
    """The command line of an ffmpeg-python stream: quiet, never asking, bound to our ffmpeg."""
    run = ffmpeg.overwrite_output(stream).global_args("-hide_banner", "-loglevel", "error", "-nostdin")
    return [str(argument) for argument in ffmpeg.compile(run, cmd=ffmpeg_path())]


def run(arguments: Sequence[str], what: str) -> None:
    """Run a finished command. Raises EncodeFailed with ffmpeg's last word."""
    done = subprocess.run(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if done.returncode:
        raise EncodeFailed(_complaint(what, done.returncode, done.stderr))


def run_fed(arguments: Sequence[str], chunks: Iterable[bytes], what: str) -> None:
    """Run a finished command whose input `pipe:` is `chunks`. Raises EncodeFailed."""
    # -nostdin would close the pipe; and a log that nobody empties would stop ffmpeg, so it is a file.
    fed = [argument for argument in arguments if argument != "-nostdin"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(fed, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
        assert process.stdin is not None
        try:
            with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
                for chunk in chunks:
                    pipe.write(chunk)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if code := process.wait():
            log.seek(0)
            raise EncodeFailed(_complaint(what, code, log.read()))


def draft_name(out: Path) -> Path:
    """Where a file grows before it is whole; a rename then makes it `out` in one step."""
    return out.with_name(f".{out.stem}.unfinished{out.suffix}")


class RawEncoder:
    """A pipe into the delivery profile: exactly `frames` pictures in, the file `out` at the end.

    Use it in a `with` block and `write` each picture as I420 planes. Leaving the block renames the
    finished file to `out`; leaving it by an error, or too early, leaves nothing there.
    Raises EncodeFailed.
    """

    def __init__(self, delivery: Delivery, frames: int, out: Path):
        self.delivery, self.frames, self.out = delivery, frames, out
        self.written = 0
        self._draft = draft_name(out)
        self._open = contextlib.ExitStack()

    def __enter__(self) -> RawEncoder:
        d = self.delivery
        source = ffmpeg.input(
            "pipe:",
            format="rawvideo",
            pix_fmt="yuv420p",
            s=f"{d.width_px}x{d.height_px}",
            framerate=d.rate_fps,
        )
        labels = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
        picture = source.filter("setparams", **labels).filter("setsar", 1)
        stream = picture.output(str(self._draft), **{"frames:v": self.frames, **encoder_arguments(d)})
        # -nostdin would close the pipe that the pictures come through.
        arguments = [a for a in command(stream) if a != "-nostdin"]
        # Its words go to a file: a pipe that nobody empties would stop ffmpeg in mid-film.
        self._log = self._open.enter_context(tempfile.TemporaryFile())
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._log
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin
        return self

    def write(self, planes: np.ndarray) -> None:
        """The next picture: one contiguous uint8 array of width × height × 3 / 2 samples."""
        try:
            self._pipe.write(planes.data)
        except (BrokenPipeError, ValueError) as broken:
            raise self._failure() from broken
        self.written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._process.kill()
                self._close_pipe()
                self._process.wait()
                return
            self._close_pipe()
            if self._process.wait() or self.written != self.frames:
                raise self._failure()
            os.replace(self._draft, self.out)
        finally:
            self._draft.unlink(missing_ok=True)
            self._open.close()

    def _close_pipe(self) -> None:
        # When ffmpeg is gone already, its exit code says why.
        with contextlib.suppress(BrokenPipeError):
            self._pipe.close()

    def _failure(self) -> EncodeFailed:
        code = self._process.wait()
        if not code:
            return EncodeFailed(f"{self.out.name}: {self.written} of {self.frames} pictures arrived.")
        self._log.seek(0)
        return EncodeFailed(_complaint(self.out.name, code, self._log.read()))


def _complaint(what: str, code: int, log: bytes) -> str:
    lines = [line.strip() for line in log.decode(errors="replace").splitlines() if line.strip()]
    ending = f"stopped by signal {-code}" if code < 0 else f"exit code {code}"
    # ffmpeg names the cause first and the consequence last.
    words = " … ".join(dict.fromkeys((lines[0], lines[-1]))) if lines else "no word from it"
    return f"{what}: the encoder did not finish ({ending}): {words}"


def delivery_header(delivery: Delivery) -> bytes:
    """The codec header (SPS and PPS) that every file in the delivery profile carries.

    Found by encoding two grey pictures once: about 0.1 CPU-s at 1080p, then remembered.
    """
    return _header(delivery.model_dump_json())


@lru_cache(maxsize=8)
def _header(written: str) -> bytes:
    delivery = Delivery.model_validate_json(written)
    grey = np.full(delivery.width_px * delivery.height_px * 3 // 2, 128, np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder, "grey.mp4")
        with RawEncoder(delivery, 2, sample) as encoder:
            encoder.write(grey)
            encoder.write(grey)
        with av.open(str(sample)) as container:
            return bytes(container.streams.video[0].codec_context.extradata or b"")
