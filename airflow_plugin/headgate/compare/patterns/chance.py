"""When a share of differences is more than chance."""

from __future__ import annotations

import math

# So many differences at least follow a pattern, and so large a share of those of its column.
FEWEST = 5
SHARE = 0.8
# A pattern is named if chance brings forth one that is as good in fewer than one of 10,000 searches.
_UNLIKELY = math.log(1e-4)


def beyond(follow: int, of: int, chance: float, tries: int = 1) -> bool:
    """Return whether `follow` of `of` are enough, and far more than chance.

    Args:
        chance: how likely one alone follows, if there is nothing in common.
        tries: among how many candidates this one was picked.
    """
    if follow < FEWEST or follow < SHARE * of:
        return False
    share, chance = follow / of, max(chance, 1e-9)
    if share <= chance:
        return False
    # Chernoff's bound of the binomial tail.
    distance = share * math.log(share / chance)
    if share < 1:
        distance += (1 - share) * math.log((1 - share) / (1 - chance))
    return math.log(tries) - of * distance < _UNLIKELY
