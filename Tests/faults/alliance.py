"""Two organisations with a closed round and an open one, made once over plain HTTP; every test works on a copy."""
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
import cast
from installation import PROGRAM, Installation
from respondent import Respondent
from visitor import Visitor

DAY = 86_400
PEOPLE = cast.HARBOUR + cast.FREIGHT


class Alliance:
    """What a test knows of one installation: who there is, the ids, everybody's personal link of the open round."""

    def __init__(self, installation):
        self.installation = installation
        self.links, self.sent = {}, {}

    # How it comes about

    @classmethod
    def found(cls, folder, chance):
        """Two leads and twelve people: the twelve have answered a round that is closed, nobody the one that is open. The server
        rests."""
        made = cls(Installation(folder).start())
        anna, ruth = made.visitor(), made.visitor()
        anna.get(made.installation.setup_link())
        anna.send(space="North Coast", organisation="Harbour", name=cast.ANNA, email=cast.address(cast.ANNA), password=cast.PASSWORD)
        anna.get("/partnerships/new")
        anna.send("/partnerships/new", kind="strategic-alliance", name="Night trains", purpose="Move freight overnight.",
                  own_party="Harbour", organisation_1="new", party_1="Freight", lead_1=cast.RUTH, email_1=cast.address(cast.RUTH))
        made.partnership = re.search(r"/partnerships/([^/]+)/join", anna.page.url)[1]
        ruth.get(made.handed_over(anna, "/invitation/")[cast.address(cast.RUTH)])
        ruth.send(password=cast.PASSWORD)
        for lead, names in ((ruth, cast.FREIGHT), (anna, cast.HARBOUR)):
            lead.get(made.address("/join"))
            lead.send("/join", purpose="yes", benefits="Fewer empty wagons\nOne timetable", trust="yes")
            lead.get(made.address("/people"))
            lead.send("/people/list", list=cast.pasted(names))
        made.closed = made.open_round(anna, ruth)
        for person, name in zip(made.respondents(chance), PEOPLE):
            person.send(f"Thought of {name}.")
            made.sent[name] = person.acknowledged
        made.close()
        made.pass_time(29 * DAY)
        made.round = made.open_round(made.lead(), made.lead(cast.RUTH))
        made.installation.stop()
        return made

    def open_round(self, anna, ruth):
        anna.get(self.address("/rounds/new"))
        anna.send("/rounds")
        self.round = re.search(r"/rounds/([^/]+)$", anna.page.url)[1]
        for lead in (ruth, anna):
            lead.get(self.address(f"/rounds/{self.round}"))
            lead.send("/confirmation")
        self.links = {}
        for lead in (anna, ruth):
            self.links |= self.handed_over(lead, "/r/")
        return self.round

    def handed_over(self, lead, kind):
        """The links of one kind in the messages that wait, without their host."""
        found = {}
        lead.get("/outbox")
        waiting = lead.page.text.split('class="section"')[1] if 'class="section"' in lead.page.text else ""
        for action in re.findall(r'action="(/outbox/[^"]+)"', waiting):
            lead.get("/outbox")
            text = lead.send(action).text
            link = re.search(r'id="link" readonly value="http://[^/]+([^"]+)"', text)
            if link and kind in link[1]:
                found[re.search(r'id="to" readonly value="([^"]+)"', text)[1]] = link[1]
        return found

    # What a test does with it

    def copy(self, folder, program=PROGRAM, data=None, ahead=None):
        """The same in another folder and on another port, not started. ahead: of the real clock, in seconds. data: a folder
        for the data; what lies there already is used instead of a copy."""
        folder.mkdir(exist_ok=True)
        other = Alliance(Installation(folder, program))
        for name in ("partnership", "closed", "round", "links", "sent"):
            setattr(other, name, getattr(self, name))
        other.installation.data = data or other.installation.data
        if not (other.installation.data / "rapport.sqlite").exists():
            shutil.copytree(self.installation.data, other.installation.data, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("control.sock"))
        other.pass_time(self.installation.ahead if ahead is None else ahead)
        return other

    def start(self, **settings):
        """Starts by the real clock and jumps then: begun far from it, the clock's library lets no timeout of the server come."""
        installation = self.installation
        installation.clock.write_text("+0\n")
        installation.start(**settings)
        installation.pass_time(0)
        return self

    def visitor(self):
        return Visitor(self.installation.url)

    def lead(self, name=cast.ANNA):
        visitor = self.visitor()
        visitor.get("/sign-in")
        visitor.send("/sign-in", email=cast.address(name), password=cast.PASSWORD)
        assert visitor.page.status == 200 and "/sign-in" not in visitor.page.url, visitor.page.text
        return visitor

    def respondents(self, chance):
        """Everybody with a personal link, each with a credential."""
        return [self.respondent(name, chance) for name in PEOPLE]

    def respondent(self, name, chance):
        url = self.installation.url
        return Respondent(url, url + self.links[cast.address(name)], self.round, chance)

    def address(self, place=""):
        return f"/partnerships/{self.partnership}{place}"

    def report(self, round, ending=""):
        return self.address(f"/rounds/{round}/report{ending}")

    def pass_time(self, seconds):
        self.installation.pass_time(seconds)

    def close(self, days=30):
        """The open round's time passes; answers when the report is there."""
        self.pass_time(days * DAY)
        lead = self.lead()
        self.installation.wait_until(lambda: lead.get(self.report(self.round)).status == 200, "the report")
        return lead

    def doctor(self):
        return self.installation.command(
            "doctor", "--data", self.installation.data, "--listen", "127.0.0.1:0", ok=False)

    @property
    def database(self):
        return self.installation.data / "rapport.sqlite"
