"""Parameter sets: the codec headers (SPS and PPS) of H.264 files, told apart and put into one header.

A film may hold pictures made with several sets, as long as each has a number of its own: the header
of the film lists them all, and every picture names the one it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pokegeo_dagster.film.errors import ProductionError

OUR_ID = 1  # every file encoded here has this number; vendors' files have 0


class SetsClash(ProductionError):
    """Two files use the same number for different parameter sets."""


@dataclass(frozen=True)
class ParameterSets:
    """The sets of one file, and how many bytes it writes before each unit to say how long it is."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    length_bytes: int = 4

    @property
    def ids(self) -> set[int]:
        """The numbers of all of them."""
        return {_sps_id(unit) for unit in self.sps} | {_pps_id(unit) for unit in self.pps}


def read_sets(header: bytes) -> ParameterSets | None:
    """The sets in an MP4's codec header (`avcC`, ISO 14496-15); None when it is not one."""
    try:
        if header[0] != 1 or not header[5] & 0x1F:
            return None
        at, lists = 5, []
        for mask in (0x1F, 0xFF):
            count, units = header[at] & mask, []
            at += 1
            for _ in range(count):
                length = int.from_bytes(header[at : at + 2], "big")
                units.append(header[at + 2 : at + 2 + length])
                at += 2 + length
            lists.append(tuple(units))
    except IndexError:
        return None
    return ParameterSets(lists[0], lists[1], (header[4] & 3) + 1)


def one_header(headers: Sequence[bytes]) -> bytes:
    """The header of a film made of files with these: the very bytes when they are all the same.

    Raises SetsClash when two of them cannot live in one film.
    """
    distinct = list(dict.fromkeys(headers))
    if len(distinct) == 1:
        return distinct[0]
    found = [read_sets(header) for header in distinct]
    if any(sets is None or sets.length_bytes != 4 for sets in found):
        raise SetsClash("their codec headers cannot be read")
    sps = _united((unit for sets in found if sets for unit in sets.sps), _sps_id)
    pps = _united((unit for sets in found if sets for unit in sets.pps), _pps_id)
    highest = max(sps, key=lambda unit: unit[3])  # the level
    # The last bytes say what High profile adds: 4:2:0 and eight bits.
    return b"".join((
        bytes((1, highest[1], highest[2], highest[3], 0xFF, 0xE0 | len(sps))),
        *(len(unit).to_bytes(2, "big") + unit for unit in sps),
        bytes((len(pps),)),
        *(len(unit).to_bytes(2, "big") + unit for unit in pps),
        bytes((0xFD, 0xF8, 0xF8, 0)),
    ))  # fmt: skip


def _united(units: Iterable[bytes], number: Callable[[bytes], int]) -> list[bytes]:
    known: dict[int, bytes] = {}
    for unit in units:
        if known.setdefault(number(unit), unit) != unit:
            raise SetsClash("their codec headers differ")
    return list(known.values())


def _sps_id(unit: bytes) -> int:
    return _first_number(unit[4:])


def _pps_id(unit: bytes) -> int:
    return _first_number(unit[1:])


def _first_number(data: bytes) -> int:
    """The Exp-Golomb number at the start of some bits (ITU-T H.264, 9.1)."""
    bits = "".join(f"{byte:08b}" for byte in data[:8])
    zeros = bits.index("1")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1
