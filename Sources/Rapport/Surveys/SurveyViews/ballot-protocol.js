// One person's ballot in one round, from the first saved answer to the receipt. [docs/protocol.md]
//
//   const ballot = open({ round, digest, segment, opening, collect, answer, token });
//   ballot.keep({ ratings: [4, null, undefined, ...], comment });   // at each change, on this device only
//   await ballot.send({ ratings, comment }, (step, detail) => ...); // throws a BallotError
//
// round: its id. digest: 64 hexadecimal digits. segment: its name. opening, collect, answer: addresses. token: of forms.
import { base64url, fromBase64url, grouped, hexadecimal, typed } from "./ballot-letters.js";
import { ballotKeyLetters, ballotKeyTyped, blind, derive, digestOf, finish, newBallotKey, publicKey } from "./ballot-crypto.js";
import { BallotStore } from "./ballot-store.js";
import { BallotError, requested } from "./ballot-requests.js";

export { BallotError };

/** The most bytes that a comment may have, as UTF-8. */
export const commentBytes = 1000;

/** The ballot of this device in a round. `storage` has the methods of localStorage. */
export function open(page, storage = deviceStorage()) { return new Ballot(page, storage); }

const ANSWER_SIZE = 4096;

class Ballot {
  #page;
  #store;

  constructor(page, storage) {
    this.#page = page;
    this.#store = new BallotStore(page.round, storage);
  }

  /**
   * What this device keeps: ratings (1 to 5, `null` for no answer, `undefined` where nothing was chosen), comment,
   * receipt and key (letters; `null` before the first send), state ("draft", "sending": nobody said yet that it
   * arrived, "sent", "restarted": sent before the round was started again, so that it counts no more), isChanged (differs from what was last sent), replaces (sending replaces another device's).
   */
  get kept() {
    const { ratings, comment, receipt, letters, digest, state, sent, replaces } = this.#store.get();
    const chosen = ratings.map(rating => rating === 0 ? undefined : rating);
    if (digest && digest !== this.#page.digest) {
      return { ratings: chosen, comment, receipt: null, key: letters, state: "restarted", replaces, isChanged: true };
    }
    return { ratings: chosen, comment, receipt, key: letters, state, replaces, isChanged: sent !== contentOf({ ratings, comment }) };
  }

  /** Keeps answers on this device; `false` if the device does not keep anything. */
  keep({ ratings, comment }) {
    // JSON has no `undefined`.
    return this.#store.put({ ratings: Array.from(ratings, rating => rating === undefined ? 0 : rating), comment });
  }

  /** Takes over a ballot key that was typed; `false` if it is none (a letter is wrong). */
  async use(letters) {
    const key = await ballotKeyTyped(letters);
    if (!key) return false;
    this.#store.put({
      key: base64url(key), letters: await ballotKeyLetters(key), signature: null, send: 0, sent: null, state: "draft",
      receipt: null, replaces: true,
    });
    return true;
  }

  /** Makes the ballot key before the first send, for a device that keeps nothing: show it, then send. */
  async makeKey() {
    if (this.#store.get().key) return;
    const key = newBallotKey();
    this.#store.put({ key: base64url(key), letters: await ballotKeyLetters(key) });
  }

  /**
   * Sends answers and returns the receipt. Steps for `progress`: "opening", "collecting", "answering", "retrying" ({ seconds }).
   * `keptByHand`: the person wrote the key down, as this device keeps nothing.
   */
  async send(answers, progress = () => {}, { keptByHand = false, wait } = {}) {
    this.keep(answers);
    return alone(this.#store.name, () => this.#sendAlone({ progress, wait }, keptByHand));
  }

  /** Whether the receipt stands in the round's whole list, so that nobody is asked for it. */
  receiptIn(list) {
    const { receipt } = this.kept;
    return receipt !== null && list.some(other => sameReceipt(other, receipt));
  }

  /** Forgets everything about the round on this device. */
  forget() { this.#store.forget(); }

  async #sendAlone(context, keptByHand) {
    if (!globalThis.crypto?.subtle) throw new BallotError("no-crypto");
    if (length(tidied(this.kept.comment)) > commentBytes) throw new BallotError("comment-too-long");
    await this.makeKey();
    if (!this.#store.isKept && !keptByHand) throw new BallotError("not-kept");
    const { document, digest } = await this.#opening(context);
    this.#startOver(hexadecimal(digest));
    const derived = await derive(fromBase64url(this.#store.get().key), digest);
    const signature = await this.#credential(context, document, derived);
    await this.#answer(context, derived, signature);
    return this.kept.receipt;
  }

  async #opening(context) {
    context.progress("opening");
    const bytes = await requested(this.#page.opening, { method: "GET", credentials: "same-origin" }, { ...context, as: "bytes" });
    const digest = await digestOf(bytes);
    if (hexadecimal(digest) !== this.#page.digest) throw new BallotError("digest-differs");
    return { document: JSON.parse(new TextDecoder().decode(bytes)), digest };
  }

  // A restarted round has another opening document: same ballot key, but another serial that nobody has sent yet.
  #startOver(digest) {
    if (this.#store.get().digest === digest) return;
    this.#store.put({ digest, signature: null, send: 0, sent: null, state: "draft", receipt: null });
  }

  // Kept once finished, so that a changed answer needs no second request of a signed-in person.
  async #credential(context, document, { serial, salt, blinding }) {
    const key = segmentKey(document, this.#page.segment);
    const kept = fromBase64url(this.#store.get().signature);
    if (kept) return kept;
    const hidden = await blind(key, serial, salt, blinding);
    const signature = finish(key, hidden, await this.#collected(context, hidden.blinded));
    if (!signature) throw new BallotError("not-signed");
    this.#store.put({ signature: base64url(signature) });
    return signature;
  }

  async #collected(context, blinded) {
    context.progress("collecting");
    const collected = await requested(this.#page.collect, {
      method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-Form-Token": this.#page.token },
      body: JSON.stringify({ segment: this.#page.segment, blinded: base64url(blinded) }),
    }, context);
    return fromBase64url(collected?.signature);
  }

  async #answer(context, derived, signature) {
    const { sent, send, replaces } = this.#store.get();
    // The same content keeps its number, so that a repeated request counts once; anything else gets the next one.
    if (sent !== contentOf(this.#store.get())) this.#number(send + 1);
    try {
      await this.#post(context, derived, signature);
    } catch (error) {
      if (error.code !== "older-send" || !Number.isSafeInteger(error.send)) throw error;
      // Another device sent later. Whoever is told so and sends again, with this number, wants to replace it.
      this.#number(error.send + 1);
      if (!replaces) throw error;
      await this.#post(context, derived, signature);
    }
    this.#store.put({ state: "sent", receipt: grouped(80, derived.receipt), replaces: false });
  }

  #number(send) { this.#store.put({ send, sent: contentOf(this.#store.get()), state: "sending" }); }

  #post(context, { serial, receipt }, signature) {
    context.progress("answering");
    const { send, ratings, comment } = this.#store.get();
    return requested(this.#page.answer, {
      method: "POST", credentials: "omit", referrerPolicy: "no-referrer", headers: { "Content-Type": "application/json" },
      body: padded({
        segment: this.#page.segment, serial: base64url(serial), signature: base64url(signature), send, receipt: grouped(80, receipt),
        ratings: ratings.map(rating => rating || null), comment: tidied(comment),
      }),
    }, context);
  }
}

function segmentKey(document, name) {
  const key = publicKey(document.segments?.find(segment => segment.name === name)?.key);
  if (!key) throw new BallotError("unknown-segment");
  return key;
}

// Every answer has the same size, so that its length tells nothing about the comment.
function padded(answer) {
  const size = length(JSON.stringify({ ...answer, pad: "" }));
  return JSON.stringify({ ...answer, pad: "0".repeat(Math.max(0, ANSWER_SIZE - size)) });
}

// Control characters come from no keyboard and would grow sixfold in JSON; a lone surrogate is no text.
function tidied(comment) {
  const text = String(comment ?? "");
  return (text.toWellFormed?.() ?? text).replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function contentOf({ ratings, comment }) { return JSON.stringify([ratings.map(rating => rating || null), tidied(comment)]); }

function length(text) { return new TextEncoder().encode(text).length; }

function sameReceipt(left, right) {
  const [one, other] = [typed(80, left), typed(80, right)];
  return one !== null && other !== null && one.every((byte, place) => byte === other[place]);
}

// Two windows of one round would otherwise take the same number for different answers.
function alone(name, work) { return globalThis.navigator?.locks ? navigator.locks.request(name, work) : work(); }

function deviceStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
