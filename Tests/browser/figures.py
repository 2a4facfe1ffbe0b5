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
