"""The partnership of cast.py with its round open: everybody's personal link, and what was sent last by whom."""
from collections import namedtuple

import cast

ANSWERS = [4, 3, 2, 4, 5, 2, 4, 1, 3, 0, 5, 4, 3, 2, 4]
Sent = namedtuple("Sent", "ratings comment receipt")


class Journey(cast.Partnership):
    def __init__(self, visitor, installation):
        super().__init__(visitor, installation)
        self.visitor, self.sent = visitor, {}
        self.open_round()
        self.links = self.round_links()

    def link(self, name):
        return self.links[cast.address(name)]

    def keep(self, name, page, ratings, comment=""):
        self.sent[name] = Sent([rating or None for rating in ratings], comment, page.locator("[data-receipt]").inner_text())

    def everybody_answers(self):
        for place, name in enumerate(cast.HARBOUR + cast.FREIGHT):
            if name not in self.sent:
                page, ratings = self.visitor(), ANSWERS[place % 3:] + ANSWERS[:place % 3]
                # On the first statement all of Freight agree, so that its split must stay hidden.
                ratings[0] = 4
                comment = f"Thought {place}: meet more often."
                cast.answer(page, self.link(name), ratings, comment)
                self.keep(name, page, ratings, comment)
                page.context.close()
        # Anna answers with her account, on the device that looks for the receipt afterwards.
        self.anna.goto(f"{self.installation.url}/rounds/{self.round}/answer")
        self.anna.locator("[data-begin]").click()
        cast.rate(self.anna, [4] * 15)
        self.anna.locator("[data-send]").click()
        cast.on_step(self.anna, "sent")
        self.keep(cast.ANNA, self.anna, [4] * 15)

    def ratings(self, names):
        return [self.sent[name].ratings for name in names]

    def close(self):
        """Everybody but Ruth has answered, and the time is over; Ada has an account by then."""
        self.everybody_answers()
        self.close_round()
        self.ada = self.visitor()
        self.anna.goto(self.installation.url + "/organisation")
        cast.follow(self.anna, self.anna.get_by_role("link", name="Ada Moreau"))
        cast.send_form(self.anna, "/invitation")
        cast.accept(self.ada, cast.links(self.anna, self.installation, "/invitation/")[cast.address("Ada Moreau")])

    def read(self, file):
        return self.anna.context.request.get(self.address(f"/rounds/{self.round}/{file}"))
