// Keeps what is typed in a form on this device until the server has taken it: a reload, a closed lid or a lost connection
// loses no word. A form says where with data-keep; without this module it works as any other.
class KeptForm {
  static #all = new WeakMap();

  /** The one of an element's form; nothing if that form is not kept. */
  static of(element) {
    const form = element.closest("form[data-keep]");
    if (form && !this.#all.has(form)) this.#all.set(form, new KeptForm(form));
    return form && this.#all.get(form);
  }

  #form;
  #place;
  /** The id of what the form would make, as the page came with it. */
  #freshID;
  #isSending = false;
  #isRefused = false;

  constructor(form) {
    this.#form = form;
    this.#place = `typed ${form.dataset.keep}`;
    this.#freshID = form.elements.id?.value;
    // What the server shows again after a refusal is newer than what is kept.
    if (!form.querySelector("[aria-invalid]")) this.#restore();
  }

  get #fields() { return [...this.#form.querySelectorAll("textarea, input:not([type=hidden]), select")]; }
  get #words() { return JSON.stringify(Object.fromEntries(this.#fields.map((field) => [field.name, field.value]))); }

  #restore() {
    const kept = JSON.parse(localStorage.getItem(this.#place) ?? "{}");
    // It arrived, and only the server's answer was lost.
    if (kept.id && document.querySelector(`[data-sent="${CSS.escape(kept.id)}"]`)) return localStorage.removeItem(this.#place);
    if (!kept.words) return;
    if (kept.id) this.#form.elements.id.value = kept.id;
    const words = JSON.parse(kept.words);
    for (const field of this.#fields) {
      if (field.name in words) field.value = words[field.name];
    }
    const folded = this.#form.closest("details");
    if (folded) folded.open = true;
  }

  #store(id) { localStorage.setItem(this.#place, JSON.stringify({ words: this.#words, id })); }

  /** Other words than those that were sent are something new. */
  type() {
    if (this.#freshID) this.#form.elements.id.value = this.#freshID;
    this.#store();
  }

  submit(event) {
    if (this.#isRefused) return;
    event.preventDefault();
    if (!this.#isSending) this.#send(event.submitter);
  }

  async #send(submitter) {
    this.#isSending = true;
    const [sent, body] = [this.#words, new URLSearchParams(new FormData(this.#form, submitter))];
    this.#store(this.#form.elements.id?.value);
    const response = await this.#deliver(body);
    // Whoever went on typing meanwhile finds that again.
    if (response.ok && this.#words === sent) localStorage.removeItem(this.#place);
    if (response.redirected) return location.assign(response.url);
    // A refusal is a page of its own: sent again, the browser shows it.
    this.#isRefused = true;
    this.#form.requestSubmit(submitter);
  }

  /** Tries until the server answers: the id in the form makes sure that what arrives twice counts once. */
  async #deliver(body) {
    for (let wait = 1; ; wait = Math.min(wait * 2, 15)) {
      try {
        const response = await fetch(this.#form.action, { method: "POST", body, headers: { Accept: "text/html" } });
        // A proxy answers so while the server starts again.
        if (![502, 503, 504].includes(response.status)) return response;
      } catch { /* No connection: told below. */ }
      this.#form.querySelector("[data-kept]")?.removeAttribute("hidden");
      await new Promise((resume) => {
        setTimeout(resume, wait * 1000);
        addEventListener("online", resume, { once: true });
      });
    }
  }
}

for (const form of document.querySelectorAll("form[data-keep]")) KeptForm.of(form);
// What others write brings new forms onto a talk's page; they begin when they are unfolded.
document.addEventListener("toggle", (event) => {
  for (const form of event.target.querySelectorAll("form[data-keep]")) KeptForm.of(form);
}, true);
document.addEventListener("input", (event) => KeptForm.of(event.target)?.type());
document.addEventListener("submit", (event) => KeptForm.of(event.target)?.submit(event));
