// Which part of the answering page is shown, and how one moves between them, also with the browser's own Back.

/** How long a choice is seen before the next statement comes. */
const pause = 160;

export class Steps {
  #form;
  #arrived;
  #current = null;
  #returnsToReview = false;
  #timer = null;

  constructor(form, arrived) {
    this.#form = form;
    this.#arrived = arrived;
    window.addEventListener("popstate", (event) => { if (event.state?.step) this.#display(this.#find(event.state.step), true); });
  }

  get #all() { return [...this.#form.querySelectorAll("[data-step]")]; }
  get #items() { return this.#all.filter((step) => step.dataset.step === "item"); }
  #name(step) { return step.dataset.item ? `item ${step.dataset.item}` : step.dataset.step; }
  #find(name) { return this.#all.find((step) => this.#name(step) === name); }

  /** The statement on the screen, if one is. */
  get item() { return this.#current?.dataset.step === "item" ? this.#current : null; }
  set item(index) { this.#go(this.#items[index]); }

  show(name, { focus = true } = {}) {
    const first = this.#current === null;
    this.#returnsToReview = false;
    this.#go(this.#find(name), { focus, replacing: first });
  }

  /** One answer is changed from the page with all of them, and then one is back there. */
  change(index) {
    this.item = index;
    this.#returnsToReview = true;
  }

  on() {
    this.#still();
    const next = this.#returnsToReview ? -1 : this.#items.indexOf(this.#current) + 1;
    if (next > 0 && next < this.#items.length) this.item = next;
    else this.show("review");
  }

  onSoon() {
    this.#still();
    this.#timer = setTimeout(() => this.on(), pause);
  }

  /** A key that is pressed while the next statement is on its way is meant for that one. */
  hurry() {
    if (this.#timer !== null) this.on();
  }

  back() {
    this.#still();
    const here = this.#current.dataset.step === "review" ? this.#items.length : this.#items.indexOf(this.#current);
    if (this.#returnsToReview) this.show("review");
    else if (here > 0) this.item = here - 1;
    else this.show("promise");
  }

  #still() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #go(step, { focus = true, replacing = false } = {}) {
    if (!step) return;
    const state = { step: this.#name(step) };
    if (replacing) history.replaceState(state, "");
    else if (history.state?.step !== state.step) history.pushState(state, "");
    this.#display(step, focus);
  }

  #display(step, focus) {
    if (!step) return;
    this.#still();
    for (const other of this.#all) other.hidden = other !== step;
    this.#current = step;
    this.#arrived(step.dataset.step);
    if (!focus) return;
    window.scrollTo(0, 0);
    (step.querySelector("input:checked") ?? step.querySelector(".scale input, #ballot-key") ?? step.querySelector("[tabindex='-1']"))?.focus({ preventScroll: true });
  }
}
