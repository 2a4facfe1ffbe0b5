"""The figures of a report, computed from the ratings that a test sent and from docs/figures.md, with none of Rapport's code."""
from fractions import Fraction
from math import floor


class ItemFigures:
    """One item over everybody's ratings of it; `None` is no answer."""

    def __init__(self, ratings):
        given = [rating for rating in ratings if rating]
        self.n = len(given)
        self.distribution = [given.count(rating) for rating in (1, 2, 3, 4, 5)]
        self.mean = Fraction(sum(given), self.n)

    @property
    def shown(self):
        """The mean to one decimal, halves away from zero."""
        tenths = floor(self.mean * 10 + Fraction(1, 2))
        return f"{tenths // 10}.{tenths % 10}"


def items(answers):
    """The figures of each item of answers that all have the same number of ratings."""
    return [ItemFigures(ratings) for ratings in zip(*answers, strict=True)]


def varies(ratings):
    """Neither all the same nor all the same but one: such a party may stand in a split. [D5]"""
    given = [rating for rating in ratings if rating]
    return max(given.count(rating) for rating in set(given)) <= len(given) - 2


def differ_clearly(before, after):
    """Whether at most one way in ten of dealing out all ratings again parts the two means as far as they are."""
    before, after = ([rating for rating in ratings if rating] for ratings in (before, after))
    ways = {(0, 0): 1}
    for rating in before + after:
        for (size, total), count in list(ways.items()):
            ways[size + 1, total + rating] = ways.get((size + 1, total + rating), 0) + count
    everything = sum(before + after)

    def apart(total):
        return abs(Fraction(total, len(before)) - Fraction(everything - total, len(after)))

    dealt = {total: count for (size, total), count in ways.items() if size == len(before)}
    far = sum(count for total, count in dealt.items() if apart(total) >= apart(sum(before)))
    return 10 * far <= sum(dealt.values())
