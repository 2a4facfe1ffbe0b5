// The answering page: one statement after the other from the one form that the server wrote.
// Answers stay on this device until Send; ballot-protocol.js keeps and sends them.
import { commentBytes, open } from "./ballot-protocol.js";
import { Sending } from "./answer-sending.js";
import { Steps } from "./answer-steps.js";
import { Words } from "./answer-words.js";

class Answering {
  #form;
  #words;
  #ballot;
  #steps;
  #sending;

  constructor(form) {
    this.#form = form;
    this.#words = new Words(form.dataset.language);
    this.#ballot = open({ ...form.dataset });
    this.#steps = new Steps(form, (step) => this.#arrived(step));
    this.#sending = new Sending(form, this.#words, this.#ballot, {
      answers: () => this.#canSend() && { ratings: this.#ratings.map((rating) => rating ?? null), comment: this.#comment.value },
      show: (step) => this.#steps.show(step),
      resume: () => this.#resume(),
    });
    this.#restore();
    this.#listen();
  }

  get #items() { return [...this.#form.querySelectorAll("[data-item]")]; }
  get #comment() { return this.#form.querySelector("#comment"); }

  /** One for each item: 1 to 5, null for "no answer", undefined where nothing was chosen yet. */
  get #ratings() {
    return this.#items.map((item) => {
      const chosen = item.querySelector(":checked");
      return chosen ? (chosen.value ? Number(chosen.value) : null) : undefined;
    });
  }

  #restore() {
    const { ratings, comment, state } = this.#ballot.kept;
    this.#items.forEach((item, index) => {
      item.querySelector("[data-place]").textContent = this.#words.say("place", { n: index + 1, total: this.#items.length });
      item.querySelector("[data-bar]").value = (index + 1) / this.#items.length;
      if (ratings[index] === undefined) return;
      const choice = item.querySelector(`input[value="${ratings[index] ?? ""}"]`);
      if (choice) choice.checked = true;
    });
    this.#comment.value = comment;
    this.#form.querySelector("[data-kept]").hidden = ratings.every((rating) => rating === undefined);
    this.#connection();
    if (state === "draft") this.#steps.show("promise", { focus: false });
    else this.#sending.restore();
  }

  #listen() {
    const on = (name, act) => this.#form.querySelectorAll(`[data-${name}]`).forEach((button) => button.addEventListener("click", act));
    on("begin", () => this.#resume());
    on("back", () => this.#steps.back());
    on("next", () => this.#steps.on());
    this.#form.querySelectorAll("[data-change]").forEach((button, index) => button.addEventListener("click", () => this.#steps.change(index)));
    this.#form.addEventListener("change", () => this.#keep());
    this.#comment.addEventListener("input", () => { this.#keep(); this.#hasRoom(); });
    this.#form.addEventListener("click", (event) => this.#tapped(event));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    for (const change of ["online", "offline"]) window.addEventListener(change, () => this.#connection());
  }

  /** A tap moves on by itself; arrow keys only choose, or one could never reach the rating one wants. */
  #tapped(event) {
    if (event.detail > 0 && event.target.closest(".scale label")) this.#steps.onSoon();
  }

  #pressed(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-5]$/.test(event.key)) this.#steps.hurry();
    const item = this.#steps.item;
    if (!item) return;
    const choice = /^[0-5]$/.test(event.key) ? item.querySelector(`input[value="${event.key === "0" ? "" : event.key}"]`) : null;
    if (choice) this.#choose(choice);
    else if (event.key === "Backspace") this.#steps.back();
    else if (event.key === "Enter" && !event.target.closest("button, a")) { if (item.querySelector(":checked")) this.#steps.on(); }
    else return;
    event.preventDefault();
  }

  #choose(choice) {
    choice.checked = true;
    choice.focus();
    this.#keep();
    this.#steps.onSoon();
  }

  #keep() {
    this.#ballot.keep({ ratings: this.#ratings, comment: this.#comment.value });
    this.#offerNext();
  }

  #resume() {
    const open = this.#ratings.indexOf(undefined);
    if (open < 0) this.#steps.show("review");
    else this.#steps.item = open;
  }

  #arrived(step) {
    this.#offerNext();
    if (step !== "review") return;
    const shown = this.#form.querySelectorAll("[data-rating]");
    this.#ratings.forEach((rating, index) => {
      shown[index].textContent = rating ?? this.#words.say("none");
      shown[index].classList.toggle("is-none", !rating);
    });
    this.#hasRoom();
  }

  #offerNext() {
    for (const item of this.#items) item.querySelector("[data-next]").hidden = !item.querySelector(":checked");
  }

  #canSend() {
    if (this.#hasRoom()) return true;
    this.#comment.focus();
    return false;
  }

  #hasRoom() {
    const room = commentBytes - new TextEncoder().encode(this.#comment.value).length;
    const line = this.#form.querySelector("[data-room]");
    line.textContent = room < 0 ? this.#words.say("too-long", { n: -room }) : this.#words.say("room", { n: room });
    line.classList.toggle("too-long", room < 0);
    this.#comment.toggleAttribute("aria-invalid", room < 0);
    return room >= 0;
  }

  #connection() { document.querySelector("[data-offline]").hidden = navigator.onLine; }
}

const form = document.querySelector("[data-answering]");
if (form) new Answering(form);
