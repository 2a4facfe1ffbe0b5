// Sending the ballot, what may get in the way, and the receipt afterwards.

export class Sending {
  #form;
  #words;
  #ballot;
  #page;

  /** `page`: `answers()` gives what is to be sent, or false; `show(step)`; `resume()` goes on where answers are missing. */
  constructor(form, words, ballot, page) {
    this.#form = form;
    this.#words = words;
    this.#ballot = ballot;
    this.#page = page;
    this.#listen();
  }

  /** A page loaded again after a send. */
  restore() {
    const { state, isChanged } = this.#ballot.kept;
    if (state === "sent" && !isChanged) return this.#showReceipt();
    this.#tell({ sending: "unconfirmed", sent: "changed" }[state] ?? state);
    this.#page.show("review");
    // Below all the answers, and above the button that it asks for.
    this.#part("refused").scrollIntoView({ block: "center" });
  }

  #part(name) { return this.#form.querySelector(`[data-${name}]`); }

  #listen() {
    const on = (name, act) => this.#part(name).addEventListener("click", act);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.matches("[data-use-key]") || !this.#part("key-step").hidden) this.#useKey();
      else this.#send();
    });
    on("anyway", () => this.#send({ keptByHand: true }));
    on("again", () => this.#page.show("review"));
    on("have-key", () => this.#askForKey("key-lead"));
    on("leave-key", () => this.#page.resume());
    on("forget", () => {
      this.#ballot.forget();
      this.#form.reset();
      this.#page.show("forgotten");
    });
  }

  async #send(how = {}) {
    const answers = this.#page.answers();
    if (!answers || this.#part("send").disabled) return;
    this.#busy(true);
    try {
      await this.#ballot.send(answers, (step) => this.#progress(step), how);
      this.#showReceipt();
    } catch (refusal) {
      await this.#refuse(refusal);
    } finally {
      this.#busy(false);
    }
  }

  #busy(isBusy) {
    this.#part("send").disabled = isBusy;
    this.#part("anyway").disabled = isBusy;
    this.#part("sending").hidden = !isBusy;
    if (isBusy) this.#part("refused").hidden = true;
  }

  #progress(step) {
    if (this.#words.has(step)) this.#part("progress").textContent = this.#words.say(step);
  }

  async #refuse(refusal) {
    if (refusal.code === "collected-with-another-key") return this.#askForKey("key-needed");
    this.#tell(refusal.code === "signed-out" && this.#isOver ? "over" : refusal.code, refusal.sentence);
    if (refusal.code === "not-kept") await this.#offerKey();
  }

  // A personal link signs out when its round closes, so being signed out after that time says nothing of the person.
  get #isOver() { return Date.now() >= Number(this.#form.dataset.closes); }

  /** The device keeps nothing: the key must be on paper before anything is sent, or nothing could be changed later. */
  async #offerKey() {
    await this.#ballot.makeKey();
    this.#part("written-key").textContent = this.#ballot.kept.key;
    this.#part("anyway").hidden = false;
    this.#part("send").hidden = true;
  }

  #tell(code, sentence) {
    this.#part("refusal").textContent = this.#words.has(code) ? this.#words.say(code) : sentence ?? this.#words.say("not-sent");
    this.#part("written-key").textContent = "";
    this.#part("anyway").hidden = true;
    this.#part("send").hidden = false;
    this.#part("refused").hidden = false;
  }

  #showReceipt() {
    this.#part("refused").hidden = true;
    this.#part("send").hidden = false;
    this.#part("receipt").textContent = this.#ballot.kept.receipt;
    this.#part("key").textContent = this.#ballot.kept.key;
    this.#page.show("sent");
  }

  #askForKey(why) {
    this.#part("key-why").textContent = this.#words.say(why);
    this.#page.show("key");
  }

  async #useKey() {
    const field = this.#form.querySelector("#ballot-key");
    const isKey = await this.#ballot.use(field.value);
    this.#part("key-error").hidden = isKey;
    if (isKey) {
      field.removeAttribute("aria-invalid");
      this.#page.resume();
    } else {
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }
  }
}
