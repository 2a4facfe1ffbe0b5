// The sentences that the server wrote into the page for its scripts; scripts hold none of their own.
export class Words {
  #language;
  #sentences;

  constructor(language) {
    this.#language = language;
    const written = document.querySelector("[data-words]").content.querySelectorAll("[data-word]");
    this.#sentences = new Map([...written].map((word) => [word.dataset.word, word.textContent]));
  }

  has(name) { return this.#sentences.has(name); }

  /** The sentence with its values; a number is written the reader's way. */
  say(name, values = {}) {
    return (this.#sentences.get(name) ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key]?.toLocaleString(this.#language) ?? "");
  }
}
