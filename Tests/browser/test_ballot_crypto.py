"""The browser's ballot modules in a real Chromium: against published vectors and against a server of another hand."""

import hashlib
import json

import pytest

from ballot_server import HERE, Key, Round, Site, decoded, derived

ANSWERS = {"ratings": [4, None, 2], "comment": "Good, but slow."}
DIGEST = hashlib.sha256(b"the opening document").digest()


@pytest.fixture(scope="module")
def site():
    site = Site()
    yield site
    site.server.shutdown()


@pytest.fixture
def device(chromium, site):
    """Makes devices of one person: each a browser profile of its own, signed in."""
    site.round = Round()
    contexts = []

    def new():
        context = chromium.new_context()
        context.add_cookies([{"name": "session", "value": "anna", "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.goto(site.address)
        page.wait_for_function("window.harness")
        return page

    yield new
    for context in contexts:
        context.close()


def send(page, site, answers=ANSWERS, **options):
    return page.evaluate(
        "([page, answers, options]) => harness.open(page).send(answers, options)", [site.round.page, answers, options])


def vector():
    for folder in HERE.parents:
        file = folder / ".build/checkouts/swift-crypto/Tests/CryptoExtrasVectors/rfc9474.json"
        if file.is_file():
            return next(v for v in json.loads(file.read_text()) if v["name"] == "RSABSSA-SHA384-PSS-Deterministic")
    raise FileNotFoundError("rfc9474.json: resolve the package's dependencies first")


def test_the_deterministic_vector_of_rfc_9474_comes_out_bit_by_bit(device):
    v = vector()
    n = int(v["n"], 16)
    # The vector gives the inverse of the blinding factor; ours is one more than the bytes it is made of.
    factor = pow(int(v["inv"], 16), -1, n)
    result = device().evaluate("""async ([v, n, factor]) => {
      const { crypto, bytes, digits, letters } = harness;
      const key = crypto.publicKey({ kty: "RSA", n: letters.base64url(bytes(n)), e: letters.base64url(bytes(v.e)) });
      const hidden = await crypto.blind(key, bytes(v.prepared_msg), bytes(v.salt), bytes(factor));
      const signature = crypto.finish(key, hidden, bytes(v.blind_sig));
      return { encoded: hidden.encoded.toString(16), blinded: digits(hidden.blinded), signature: digits(signature),
        forged: crypto.finish(key, hidden, bytes(v.sig)), short: crypto.finish(key, hidden, bytes("00")) };
    }""", [v, v["n"], f"{factor - 1:01024x}"])
    assert int(result["encoded"], 16) == int(v["encoded_msg"], 16)
    assert result["blinded"] == v["blinded_msg"]
    assert result["signature"] == v["sig"]
    assert result["forged"] is None and result["short"] is None


def test_a_finished_signature_is_valid_for_this_server_and_for_the_browsers_own_check(device):
    key, page = Key(2), device()
    blinded = page.evaluate("""async jwk => {
      const { crypto } = harness;
      window.key = crypto.publicKey(jwk);
      window.message = globalThis.crypto.getRandomValues(new Uint8Array(32));
      const salt = globalThis.crypto.getRandomValues(new Uint8Array(48));
      window.hidden = await crypto.blind(key, message, salt, globalThis.crypto.getRandomValues(new Uint8Array(272)));
      return harness.digits(hidden.blinded);
    }""", key.jwk)
    result = page.evaluate("""async ([jwk, signed]) => {
      const signature = harness.crypto.finish(key, hidden, harness.bytes(signed));
      const own = await crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"]);
      return [harness.digits(signature), harness.digits(message),
        await crypto.subtle.verify({ name: "RSA-PSS", saltLength: 48 }, own, signature, message)];
    }""", [key.jwk, key.sign(bytes.fromhex(blinded)).hex()])
    signature, message = map(bytes.fromhex, result[:2])
    assert result[2] is True
    assert key.is_valid(signature, message)
    assert not key.is_valid(signature, message[::-1])


def test_a_ballot_key_stands_for_the_same_on_every_device(device):
    ballot_key = bytes(range(16))
    result = device().evaluate("""async ([key, digest]) => {
      const made = await harness.crypto.derive(harness.bytes(key), harness.bytes(digest));
      const letters = await harness.crypto.ballotKeyLetters(harness.bytes(key));
      return { ...Object.fromEntries(Object.entries(made).map(([name, value]) => [name, harness.digits(value)])),
        letters, typed: harness.digits(await harness.crypto.ballotKeyTyped(" " + letters.toLowerCase().replaceAll("0", "o"))),
        wrong: await harness.crypto.ballotKeyTyped(letters.replace("1X", "1Y")), receiptLetters: harness.letters.grouped(80, made.receipt),
        words: harness.letters.proquints(harness.bytes(digest).slice(0, 6)).join(" ") };
    }""", [ballot_key.hex(), DIGEST.hex()])
    for purpose, length in (("serial", 32), ("salt", 48), ("blinding", 272), ("receipt", 10)):
        assert result[purpose] == derived(ballot_key, DIGEST, purpose, length).hex()
    # The same values stand in LettersTests.
    assert result["serial"] == "bc54b07fd010f63e596b49fec127afb252adcf4c3c378ca42facfc36d93907f0"
    assert result["receiptLetters"] == "HEX5-EM6W-J21F-SD1V"
    assert result["letters"] == "000G-40R4-0M30-E209-185G-R38E-1XDK"
    assert result["words"] == "kaluf miruz muvuk"
    assert result["typed"] == ballot_key.hex()
    assert result["wrong"] is None


def test_words_are_those_of_the_published_scheme(device):
    words = device().evaluate("['7f000001', '3f54dcc1'].map(digits => harness.letters.proquints(harness.bytes(digits)).join('-'))")
    assert words == ["lusab-babad", "gutih-tugad"]


@pytest.mark.parametrize("jwk", [
    None, {}, {"kty": "EC", "n": "AQAB", "e": "AQAB"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {"kty": "RSA", "n": "!", "e": "AQAB"},
    {"kty": "RSA", "n": 7, "e": "AQAB"}, {"kty": "RSA", "n": "A" * 342, "e": "AQAB"}])
def test_what_is_no_key_is_none(device, jwk):
    assert device().evaluate("jwk => harness.crypto.publicKey(jwk)", jwk) is None


def test_nothing_leaves_before_send_and_then_one_collecting_and_one_answer(device, site):
    page = device()
    page.evaluate("page => harness.open(page).ballot.keep({ ratings: [1, 2, 3], comment: 'x' })", site.round.page)
    assert site.round.requests == []
    result = send(page, site)
    assert site.round.paths() == ["/collect", "/answer"]
    assert result["steps"] == ["opening", "collecting", "answering"]
    [ballot] = site.round.ballots.values()
    assert (ballot["ratings"], ballot["comment"], ballot["send"]) == ([4, None, 2], "Good, but slow.", 1)
    assert ballot["receipt"] == result["receipt"] == result["kept"]["receipt"]


def test_the_answer_carries_no_person_and_always_has_one_size(device, site):
    page, bodies = device(), []
    send(page, site)
    for comment in ("", "x", "\n\"\\\u0001\ud83d\ude00" * 100, "é" * 500):
        assert send(page, site, {"ratings": [None, None, 5], "comment": comment})["receipt"]
    for path, headers, body in site.round.requests:
        if path != "/answer":
            assert headers["Cookie"] == "session=anna" and headers["X-Form-Token"] == "form-token"
            assert b"ratings" not in body and b"receipt" not in body
            continue
        bodies.append(body)
        names = {name.lower() for name in headers}
        assert not names & {"cookie", "authorization", "referer", "x-form-token"}
        assert b"anna" not in body
    assert [len(body) for body in bodies] == [4096] * 5
    assert site.round.paths().count("/collect") == 1


def test_a_lost_reply_is_asked_for_again_and_counts_once(device, site):
    site.round.lose_replies_to = ["/collect", "/answer"]
    result = send(device(), site)
    assert result["receipt"]
    assert site.round.paths() == ["/collect", "/collect", "/answer", "/answer"]
    bodies = [body for path, _, body in site.round.requests]
    assert bodies[0] == bodies[1] and bodies[2] == bodies[3]
    assert len(site.round.ballots) == 1


def test_a_send_that_nobody_acknowledged_is_repeated_with_its_number_even_later(device, site):
    site.round.lose_replies_to = ["/answer"] * 7
    page = device()
    result = send(page, site)
    assert (result["code"], result["kept"]["state"]) == ("network", "sending")
    page.reload()
    page.wait_for_function("window.harness")
    assert send(page, site)["kept"]["state"] == "sent"
    [ballot] = site.round.ballots.values()
    assert ballot["send"] == 1
    assert site.round.paths().count("/collect") == 1


def test_the_ballot_key_is_kept_before_anything_is_sent(device, site):
    page = device()
    page.route("**/collect", lambda route: route.abort())
    result = send(page, site)
    assert (result["code"], result["kept"]["receipt"]) == ("network", None)
    kept = json.loads(page.evaluate("localStorage.getItem('rapport.ballot.r')"))
    assert len(decoded(kept["key"])) == 16 and result["kept"]["key"] == kept["letters"]


def test_a_changed_answer_gets_a_higher_number_and_the_same_serial(device, site):
    page = device()
    send(page, site)
    again = send(page, site, {"ratings": [1, 1, 1], "comment": ""})
    assert again["steps"] == ["opening", "answering"]
    [ballot] = site.round.ballots.values()
    assert (ballot["send"], ballot["ratings"]) == (2, [1, 1, 1])


def test_another_device_asks_for_the_ballot_key_and_then_replaces(device, site):
    first, second = device(), device()
    letters = send(first, site)["kept"]["key"]
    assert send(first, site, {"ratings": [5, 5, 5], "comment": ""})["receipt"]
    refused = send(second, site, {"ratings": [2, 2, 2], "comment": ""})
    assert (refused["code"], refused["sentence"]) == ("collected-with-another-key", "A sentence.")
    use = "([page, letters]) => harness.open(page).ballot.use(letters)"
    assert second.evaluate(use, [site.round.page, "nonsense"]) is False
    assert second.evaluate(use, [site.round.page, letters.lower()]) is True
    assert send(second, site, {"ratings": [2, 2, 2], "comment": ""})["receipt"]
    [ballot] = site.round.ballots.values()
    assert (ballot["ratings"], ballot["send"]) == ([2, 2, 2], 3)
    # The first device is told before it replaces what the second one sent.
    stale = send(first, site, {"ratings": [3, 3, 3], "comment": ""})
    assert stale["code"] == "older-send" and site.round.ballots.popitem()[1]["ratings"] == [2, 2, 2]


def test_whoever_was_told_of_a_later_send_replaces_it_by_sending_again(device, site):
    first, second = device(), device()
    letters = send(first, site)["kept"]["key"]
    second.evaluate("([page, letters]) => harness.open(page).ballot.use(letters)", [site.round.page, letters])
    send(second, site, {"ratings": [2, 2, 2], "comment": ""})
    three = {"ratings": [3, 3, 3], "comment": ""}
    assert send(first, site, three)["code"] == "older-send"
    assert send(first, site, three)["receipt"]
    assert [ballot["ratings"] for ballot in site.round.ballots.values()] == [[3, 3, 3]]


@pytest.mark.parametrize("change, code", [
    ({"digest": "00" * 32}, "digest-differs"), ({"segment": "mine alone"}, "unknown-segment")])
def test_a_page_that_does_not_fit_the_opening_document_sends_nothing(device, site, change, code):
    result = device().evaluate(
        "([page, answers]) => harness.open(page).send(answers)", [{**site.round.page, **change}, ANSWERS])
    assert result["code"] == code
    assert site.round.requests == []


def test_an_answer_does_not_follow_a_signature_of_another_key(device, site):
    site.round.sign = lambda key, blinded: Key(3).sign(blinded)
    assert send(device(), site)["code"] == "not-signed"
    assert site.round.paths() == ["/collect"]


def test_a_restarted_round_gets_a_new_serial_and_number_from_the_same_ballot_key(device, site):
    page = device()
    first = send(page, site)
    [serial] = site.round.ballots
    site.round = Round(keys=[Key(4)])
    again = send(page, site)
    assert again["kept"]["key"] == first["kept"]["key"] and again["receipt"] != first["receipt"]
    [(other, ballot)] = site.round.ballots.items()
    assert other != serial and ballot["send"] == 1


def test_a_receipt_is_found_in_the_list_and_forgetting_leaves_nothing(device, site):
    page = device()
    receipt = send(page, site)["receipt"]
    found = "([page, list]) => harness.open(page).ballot.receiptIn(list)"
    assert page.evaluate(found, [site.round.page, ["0123-4567-89AB-CDEF", receipt.lower()]]) is True
    assert page.evaluate(found, [site.round.page, ["0123-4567-89AB-CDEF", "", None]]) is False
    page.evaluate("page => harness.open(page).ballot.forget()", site.round.page)
    assert page.evaluate("localStorage.length") == 0


def test_what_was_chosen_and_what_was_not_comes_back_after_a_reload(device, site):
    page = device()
    page.evaluate("page => harness.open(page).ballot.keep({ ratings: [3, null, undefined], comment: 'half' })", site.round.page)
    page.reload()
    page.wait_for_function("window.harness")
    kept = page.evaluate(
        "page => { const kept = harness.open(page).ballot.kept; return [kept.ratings.map(String), kept.comment, kept.isChanged]; }",
        site.round.page)
    assert kept == [["3", "null", "undefined"], "half", True]


def test_a_device_that_keeps_nothing_sends_only_with_the_key_written_down(device, site):
    result = device().evaluate("""async ([page, answers]) => {
      const full = { getItem: () => null, setItem() { throw new Error("full"); }, removeItem() {} };
      const { ballot, send } = harness.open(page, full);
      const refused = (await send(answers)).code, key = ballot.kept.key;
      const sent = await send(answers, { keptByHand: true });
      return [refused, key, sent.kept.key, Boolean(sent.receipt), ballot.keep(answers)];
    }""", [site.round.page, ANSWERS])
    assert result[0] == "not-kept" and result[1] == result[2] and result[3:] == [True, False]


def test_a_comment_that_is_too_long_is_refused_before_anything_is_sent(device, site):
    assert send(device(), site, {"ratings": [1, 1, 1], "comment": "é" * 501})["code"] == "comment-too-long"
    assert site.round.requests == []
