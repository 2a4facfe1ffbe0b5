// Letters for people: codes to copy by hand and words to read out. The server's half is Sources/Ballots/Letters.

// No I, L, O or U; what is easily mistaken is read as meant.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MISTAKEN = { O: "0", I: "1", L: "1" };

/** The first `bits` of `bytes` in groups of four letters; `bits` is a multiple of five. */
export function grouped(bits, bytes) {
  const letters = [];
  for (let place = 0; place < bits; place += 5) {
    let value = 0;
    for (let bit = place; bit < place + 5; bit++) value = value << 1 | bytes[bit >> 3] >> 7 - (bit & 7) & 1;
    letters.push(ALPHABET[value]);
  }
  return letters.join("").replace(/(.{4})(?=.)/g, "$1-");
}

/** The `bits` that were typed, the rest of the last byte zero; `null` if letters are missing, too many or unknown. */
export function typed(bits, text) {
  const letters = String(text).replace(/[ \t-\r-]/g, "").split("");
  if (letters.length * 5 !== bits) return null;
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  for (const [place, letter] of letters.entries()) {
    const upper = /[a-z]/.test(letter) ? letter.toUpperCase() : letter;
    const value = ALPHABET.indexOf(MISTAKEN[upper] ?? upper);
    if (value < 0) return null;
    for (let bit = 0; bit < 5; bit++) {
      const at = place * 5 + bit;
      bytes[at >> 3] |= (value >> 4 - bit & 1) << 7 - (at & 7);
    }
  }
  return bytes;
}

/** One word for each pair of bytes. [Wilkerson, "A Proposal for Proquints", arXiv:0901.4016] */
export function proquints(bytes) {
  const consonants = "bdfghjklmnprstvz", vowels = "aiou", words = [];
  for (let place = 0; place + 1 < bytes.length; place += 2) {
    const number = bytes[place] << 8 | bytes[place + 1];
    words.push(consonants[number >> 12] + vowels[number >> 10 & 3] + consonants[number >> 6 & 15]
      + vowels[number >> 4 & 3] + consonants[number & 15]);
  }
  return words;
}

/** Base64url without padding. [RFC 4648 §5] */
export function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of base64url; `null` for anything else. */
export function fromBase64url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
}

/** Bytes as hexadecimal digits. */
export function hexadecimal(bytes) {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}
