// One person's ballot in one round, from the first saved answer to the receipt. [docs/protocol.md]
//
//   const ballot = new Ballot(roundID);
//   ballot.keep({ ratings: [4, null, 2, ...], comment: "..." });   // at each change, on this device only
//   await ballot.send(page, { progress: (step, detail) => ... });  // throws a BallotError
//   ballot.receipt; await ballot.keyLetters(); ballot.forget();
//
// page: { openingURL, collectURL, answerURL, formToken, digest (64 hexadecimal digits), segment (its name) }
import { base64url, fromBase64url, grouped, hexadecimal, typed } from "./ballot-letters.js";
import { ballotKeyLetters, ballotKeyTyped, blind, derive, digestOf, finish, newBallotKey, publicKey } from "./ballot-crypto.js";
import { BallotStore } from "./ballot-store.js";
import { BallotError, requested } from "./ballot-requests.js";

export { BallotError };

/** The most bytes that a comment may have, as UTF-8. */
export const LARGEST_COMMENT = 1000;

/** How many bytes a comment has, as the server counts them. */
export function commentLength(comment) { return new TextEncoder().encode(tidied(comment)).length; }

const ANSWER_SIZE = 4096;

export class Ballot {
  #store;

  constructor(round, storage = deviceStorage()) { this.#store = new BallotStore(round, storage); }

  get ratings() { return this.#store.get().ratings; }
  get comment() { return this.#store.get().comment; }
  /** "draft", "sending" (sent, but nobody said yet that it arrived) or "sent". */
  get state() { return this.#store.get().state; }
  /** The receipt's letters once a ballot was sent, else `null`. */
  get receipt() { return this.#store.get().receipt; }
  /** Whether what is kept differs from what was last sent. */
  get isChanged() { return this.#store.get().sent !== contentOf(this.#store.get()); }
  /** Whether the ballot key was typed here: sending replaces what another device sent. */
  get isAdopted() { return this.#store.get().adopted; }
  /** Whether this device keeps anything; if not, offer the ballot key before sending. */
  get isKept() { return this.#store.isKept; }

  /** Keeps answers on this device; says whether it does. Ratings are 1 to 5, or `null` for no answer. */
  keep({ ratings, comment }) { return this.#store.put({ ratings: ratings ?? this.ratings, comment: comment ?? this.comment }); }

  /** The ballot key to write down; `null` before the first send. */
  async keyLetters() {
    const key = fromBase64url(this.#store.get().key);
    return key && await ballotKeyLetters(key);
  }

  /** Makes a key before the first send, for a device that keeps nothing: show it, then send. */
  async makeKey() {
    if (!this.#store.get().key) this.#store.put({ key: base64url(newBallotKey()) });
    return this.keyLetters();
  }

  /** Takes over a ballot key that was typed; `false` if it is none (a letter is wrong). */
  async adopt(letters) {
    const key = await ballotKeyTyped(letters);
    if (!key) return false;
    this.#store.put({ key: base64url(key), signature: null, send: 0, sent: null, state: "draft", receipt: null, adopted: true });
    return true;
  }

  /**
   * Sends what is kept. Steps for `progress`: "opening", "collecting", "finishing", "answering", "retrying" ({ seconds }), "sent".
   * `replace`: also over a later send of another device. `keptByHand`: the person wrote the key down, as this device keeps nothing.
   */
  async send(page, { progress = () => {}, replace = false, keptByHand = false, ratings, comment, wait } = {}) {
    this.keep({ ratings, comment });
    return alone(this.#store, () => this.#sendAlone(page, { progress, replace, keptByHand, wait }));
  }

  /** Whether the receipt stands in the round's whole list, so that nobody is asked for it. */
  receiptIn(list) {
    const mine = this.receipt;
    return mine !== null && list.some(receipt => sameReceipt(receipt, mine));
  }

  /** Forgets everything about the round on this device. */
  forget() { this.#store.forget(); }

  async #sendAlone(page, { progress, replace, keptByHand, wait }) {
    if (!globalThis.crypto?.subtle) throw new BallotError("no-crypto");
    if (!this.#hasRoomForComment()) throw new BallotError("comment-too-long");
    await this.makeKey();
    if (!this.isKept && !keptByHand) throw new BallotError("not-kept");
    const context = { page, progress, wait };
    progress("opening");
    const { document, digest } = await opening(context);
    this.#startOver(hexadecimal(digest));
    const derived = await derive(fromBase64url(this.#store.get().key), digest);
    const signature = await this.#credential(context, document, derived);
    await this.#answer(context, derived, signature, replace || this.isAdopted);
    progress("sent");
    return this.receipt;
  }

  // A restarted round has another opening document: same ballot key, but another serial that nobody has sent yet.
  #startOver(digest) {
    if (this.#store.get().digest === digest) return;
    this.#store.put({ digest, signature: null, send: 0, sent: null, state: "draft", receipt: null });
  }

  // Kept once finished, so that a changed answer needs no second request of a signed-in person.
  async #credential(context, document, { serial, salt, blinding }) {
    const { page, progress } = context;
    const key = segmentKey(document, page.segment);
    const hidden = await blind(key, serial, salt, blinding);
    const kept = fromBase64url(this.#store.get().signature);
    if (kept) return kept;
    progress("collecting");
    const answer = await requested(page.collectURL, {
      method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-Form-Token": page.formToken },
      body: JSON.stringify({ segment: page.segment, blinded: base64url(hidden.blinded) }),
    }, context);
    progress("finishing");
    const signature = finish(key, hidden, fromBase64url(answer?.signature));
    if (!signature) throw new BallotError("not-signed");
    this.#store.put({ signature: base64url(signature) });
    return signature;
  }

  async #answer(context, derived, signature, replace) {
    const content = contentOf(this.#store.get());
    // The same content keeps its number, so that a repeated request counts once; anything else gets the next one.
    if (this.#store.get().sent !== content || this.#store.get().send === 0) this.#number(this.#store.get().send + 1, content);
    try {
      await this.#post(context, derived, signature);
    } catch (error) {
      if (error.code !== "older-send" || !replace || !Number.isSafeInteger(error.send)) throw error;
      this.#number(error.send + 1, content);
      await this.#post(context, derived, signature);
    }
    this.#store.put({ state: "sent", receipt: grouped(80, derived.receipt), adopted: false });
  }

  #number(send, content) { this.#store.put({ send, sent: content, state: "sending" }); }

  #post({ page, progress, wait }, { serial, receipt }, signature) {
    progress("answering");
    const { send, ratings, comment } = this.#store.get();
    return requested(page.answerURL, {
      method: "POST", credentials: "omit", referrerPolicy: "no-referrer", headers: { "Content-Type": "application/json" },
      body: padded({
        segment: page.segment, serial: base64url(serial), signature: base64url(signature), send, receipt: grouped(80, receipt),
        ratings, comment: tidied(comment),
      }),
    }, { progress, wait });
  }

  #hasRoomForComment() { return commentLength(this.comment) <= LARGEST_COMMENT; }
}

async function opening(context) {
  const bytes = await requested(context.page.openingURL, { method: "GET", credentials: "same-origin" }, { ...context, as: "bytes" });
  const digest = await digestOf(bytes);
  if (hexadecimal(digest) !== context.page.digest) throw new BallotError("digest-differs");
  try {
    return { document: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), digest };
  } catch {
    throw new BallotError("digest-differs");
  }
}

function segmentKey(document, name) {
  const key = publicKey(document.segments?.find(segment => segment.name === name)?.key);
  if (!key) throw new BallotError("unknown-segment");
  return key;
}

// Every answer has the same size, so that its length tells nothing about the comment.
function padded(answer) {
  const size = new TextEncoder().encode(JSON.stringify({ ...answer, pad: "" })).length;
  return JSON.stringify({ ...answer, pad: "0".repeat(Math.max(0, ANSWER_SIZE - size)) });
}

// Control characters come from no keyboard and would grow sixfold in JSON; a lone surrogate is no text.
function tidied(comment) {
  const text = String(comment ?? "");
  return (text.toWellFormed?.() ?? text).replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function contentOf({ ratings, comment }) { return JSON.stringify([ratings, tidied(comment)]); }

function sameReceipt(left, right) {
  const [one, other] = [typed(80, left), typed(80, right)];
  return one !== null && other !== null && one.every((byte, place) => byte === other[place]);
}

// Two windows of one round would otherwise take the same number for different answers.
function alone(store, work) {
  return globalThis.navigator?.locks ? navigator.locks.request(store.name, work) : work();
}

function deviceStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
