// The answering page: one statement after the other from the one form that the server wrote.
// Answers stay on this device until Send; ballot-protocol.js keeps and sends them.
import * as ballots from "./ballot-protocol.js";
import { Steps } from "./answer-steps.js";

class Answering {
  #form;
  #words;
  #steps;
  #ballot;

  constructor(form) {
    this.#form = form;
    this.#words = new Map([...document.querySelector("[data-words]").content.querySelectorAll("[data-word]")].map((word) => [word.dataset.word, word.textContent]));
    this.#ballot = ballots.open({ ...form.dataset, items: this.#items.map((item) => item.dataset.item) });
    this.#steps = new Steps(form, (step) => this.#arrived(step));
    this.#restore();
    this.#listen();
  }

  get #items() { return [...this.#form.querySelectorAll("[data-item]")]; }
  get #comment() { return this.#form.querySelector("#comment"); }
  #part(name) { return this.#form.querySelector(`[data-${name}]`); }
  #word(name, values = {}) {
    const said = this.#words.get(name) ?? "";
    return said.replace(/\{(\w+)\}/g, (_, key) => typeof values[key] === "number" ? values[key].toLocaleString(this.#form.dataset.language) : values[key] ?? "");
  }

  #restore() {
    const kept = this.#ballot.kept;
    this.#items.forEach((item, index) => {
      item.querySelector("[data-place]").textContent = this.#word("place", { n: index + 1, total: this.#items.length });
      item.querySelector("[data-bar]").value = (index + 1) / this.#items.length;
      const rating = kept.ratings[index];
      if (rating === undefined) return;
      const choice = item.querySelector(`input[value="${rating ?? ""}"]`);
      if (choice) choice.checked = true;
    });
    this.#comment.value = kept.comment ?? "";
    this.#part("kept").hidden = kept.ratings.every((rating) => rating === undefined);
    this.#offline();
    if (kept.receipt) this.#sent();
    else this.#steps.show("promise", { focus: false });
  }

  #listen() {
    const on = (name, act) => this.#form.querySelectorAll(`[data-${name}]`).forEach((button) => button.addEventListener("click", act));
    on("begin", () => this.#resume());
    on("back", () => this.#steps.back());
    on("next", () => this.#steps.on());
    on("again", () => this.#steps.show("review"));
    on("have-key", () => this.#askForKey("key-lead"));
    on("use-key", () => this.#useKey());
    on("leave-key", () => this.#resume());
    on("forget", () => { this.#ballot.forget(); this.#form.reset(); this.#steps.show("forgotten"); });
    this.#form.querySelectorAll("[data-review]").forEach((line, index) => line.querySelector("[data-change]").addEventListener("click", () => this.#steps.change(index)));
    this.#form.addEventListener("change", () => this.#keep());
    this.#comment.addEventListener("input", () => { this.#keep(); this.#countRoom(); });
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    this.#form.addEventListener("click", (event) => this.#tapped(event));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    window.addEventListener("online", () => this.#offline());
    window.addEventListener("offline", () => this.#offline());
  }

  /** A tap moves on by itself; arrow keys only choose, or one could never reach the rating one wants. */
  #tapped(event) {
    const label = event.target.closest(".scale label");
    if (label && event.detail > 0) this.#steps.onSoon();
  }

  #pressed(event) {
    const item = this.#steps.item;
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = /^[0-5]$/.test(event.key) ? item.querySelector(`input[value="${event.key === "0" ? "" : event.key}"]`) : null;
    if (choice) {
      choice.checked = true;
      choice.focus();
      this.#keep();
      this.#steps.onSoon();
    } else if (event.key === "Enter" && !event.target.closest("button") && item.querySelector(":checked")) {
      this.#steps.on();
    } else if (event.key === "Backspace") {
      this.#steps.back();
    } else return;
    event.preventDefault();
  }

  /** One for each item: 1 to 5, null for "no answer", undefined where nothing was chosen yet. */
  get #ratings() {
    return this.#items.map((item) => {
      const chosen = item.querySelector(":checked");
      return chosen ? (chosen.value ? Number(chosen.value) : null) : undefined;
    });
  }

  #keep() {
    const kept = this.#ballot.keep({ ratings: this.#ratings, comment: this.#comment.value });
    if (kept === false) this.#warn("not-kept");
    this.#items.forEach((item) => { item.querySelector("[data-next]").hidden = !item.querySelector(":checked"); });
  }

  #resume() {
    const open = this.#ratings.indexOf(undefined);
    if (open < 0) this.#steps.show("review");
    else this.#steps.item = open;
  }

  #arrived(step) {
    this.#items.forEach((item) => { item.querySelector("[data-next]").hidden = !item.querySelector(":checked"); });
    if (step !== "review") return;
    this.#ratings.forEach((rating, index) => {
      const shown = this.#form.querySelectorAll("[data-rating]")[index];
      shown.textContent = rating ?? this.#word("none");
      shown.classList.toggle("is-none", rating === null || rating === undefined);
    });
    this.#countRoom();
  }

  #countRoom() {
    const room = ballots.commentBytes - new TextEncoder().encode(this.#comment.value).length;
    const line = this.#part("room");
    line.textContent = room < 0 ? this.#word("too-long", { n: -room }) : this.#word("room", { n: room });
    line.classList.toggle("too-long", room < 0);
    return room >= 0;
  }

  async #send() {
    const button = this.#part("send");
    if (button.disabled) return;
    if (!this.#countRoom()) return this.#comment.focus();
    button.disabled = true;
    this.#part("refused").hidden = true;
    this.#part("sending").hidden = false;
    try {
      await this.#ballot.send({ ratings: this.#ratings.map((rating) => rating ?? null), comment: this.#comment.value }, (stage) => { this.#part("progress").textContent = this.#word(stage); });
      this.#sent();
    } catch (refusal) {
      if (refusal.code === "collected-with-another-key") this.#askForKey("key-needed");
      else this.#refuse(refusal);
    } finally {
      button.disabled = false;
      this.#part("sending").hidden = true;
    }
  }

  #refuse(refusal) {
    this.#part("refusal").textContent = this.#words.get(refusal.code) ?? refusal.sentence ?? this.#word("not-sent");
    this.#part("refused").hidden = false;
  }

  #sent() {
    this.#part("receipt").textContent = this.#ballot.kept.receipt;
    this.#part("key").textContent = this.#ballot.kept.key;
    this.#steps.show("sent", { focus: document.activeElement !== document.body });
  }

  #askForKey(why) {
    if (why === "key-needed") this.#part("key-why").textContent = this.#word(why);
    this.#steps.show("key");
  }

  async #useKey() {
    const field = this.#form.querySelector("#ballot-key");
    const known = await this.#ballot.use(field.value);
    this.#part("key-error").hidden = known;
    field.toggleAttribute("aria-invalid", false);
    if (known) return this.#resume();
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  #warn(word) {
    const notice = document.querySelector("[data-offline]");
    notice.firstElementChild.textContent = this.#word(word);
    notice.hidden = false;
  }

  #offline() { document.querySelector("[data-offline]").hidden = navigator.onLine; }
}

const form = document.querySelector("[data-answering]");
if (form) new Answering(form);
