// RSABSSA-SHA384-PSS-Deterministic as its client computes it [RFC 9474], and what a ballot key stands for.
// Pure: no page, no network, no storage. BigInt takes time that depends on the numbers; they are secret from
// the server only, which cannot measure it.
import { fromBase64url, grouped, typed } from "./ballot-letters.js";

const HASH = "SHA-384", HASH_LENGTH = 48, SALT_LENGTH = 48;
const utf8 = new TextEncoder();

/** A public key from its JSON Web Key; `null` if it is no RSA key of 2,048 bits or more. */
export function publicKey(jwk) {
  const [n, e] = [fromBase64url(jwk?.n), fromBase64url(jwk?.e)];
  if (jwk?.kty !== "RSA" || !n || !e) return null;
  const key = { n: number(n), e: number(e) };
  const bits = key.n.toString(2).length;
  return bits < 2048 || key.e < 3n ? null : { ...key, bits, size: Math.ceil(bits / 8) };
}

/** What a ballot key stands for in the round with this digest: the same on every device. [RFC 5869] */
export async function derive(ballotKey, digest) {
  const secret = await crypto.subtle.importKey("raw", ballotKey, "HKDF", false, ["deriveBits"]);
  const bytes = async (count, purpose) => new Uint8Array(await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: joined(utf8.encode(`rapport ballot ${purpose} `), digest) },
    secret, count * 8));
  return {
    serial: await bytes(32, "serial"), salt: await bytes(SALT_LENGTH, "salt"), receipt: await bytes(10, "receipt"),
    // 128 bits more than the largest modulus in use, so that the remainder favours no number.
    blinding: await bytes(256 + 16, "blinding"),
  };
}

/** Hides a message from who is to sign it. [RFC 9474 §4.2] `blinding`: bytes that nobody else knows. */
export async function blind(key, message, salt, blinding) {
  const encoded = number(await encodePSS(message, salt, key.bits - 1));
  const factor = number(blinding) % (key.n - 1n) + 1n;
  const inverse = inverseModulo(factor, key.n);
  if (inverse === null || inverseModulo(encoded, key.n) === null) throw new RangeError("not blindable");
  return { blinded: bytes(encoded * power(factor, key.e, key.n) % key.n, key.size), inverse, encoded };
}

/** The signature over the message, or `null` if the key did not sign what was blinded. [RFC 9474 §4.4] */
export function finish(key, { inverse, encoded }, blindSignature) {
  if (blindSignature?.length !== key.size) return null;
  const signature = number(blindSignature) * inverse % key.n;
  // We know the one encoding that we blinded, so comparing with it says more than decoding would.
  return power(signature, key.e, key.n) === encoded ? bytes(signature, key.size) : null;
}

/** SHA-256. */
export async function digestOf(bytes) { return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)); }

/** 128 random bits. */
export function newBallotKey() { return crypto.getRandomValues(new Uint8Array(16)); }

/** A ballot key to write down: 28 letters, of which the last 12 bits find slips of the hand. */
export async function ballotKeyLetters(key) { return grouped(140, await checked(key)); }

/** A ballot key as somebody typed it; `null` if it is none. */
export async function ballotKeyTyped(text) {
  const bytes = typed(140, text);
  const key = bytes?.slice(0, 16);
  const expected = key && await checked(key);
  return expected?.every((byte, place) => byte === bytes[place]) ? key : null;
}

async function checked(key) {
  const check = await digestOf(joined(utf8.encode("rapport ballot key"), key));
  return joined(key, Uint8Array.of(check[0], check[1] & 0xf0));
}

// [RFC 8017 §9.1.1]
async function encodePSS(message, salt, bits) {
  const length = Math.ceil(bits / 8), seedAt = length - HASH_LENGTH - 1;
  const hash = await sha384(joined(new Uint8Array(8), await sha384(message), salt));
  const block = joined(new Uint8Array(seedAt - salt.length - 1), Uint8Array.of(1), salt);
  const mask = await mask1(hash, seedAt);
  const masked = block.map((byte, place) => byte ^ mask[place]);
  masked[0] &= 0xff >> 8 * length - bits;
  return joined(masked, hash, Uint8Array.of(0xbc));
}

// [RFC 8017 §B.2.1]
async function mask1(seed, length) {
  const blocks = [];
  for (let counter = 0; counter * HASH_LENGTH < length; counter++) {
    blocks.push(await sha384(joined(seed, Uint8Array.of(counter >> 24, counter >> 16, counter >> 8, counter))));
  }
  return joined(...blocks).slice(0, length);
}

async function sha384(bytes) { return new Uint8Array(await crypto.subtle.digest(HASH, bytes)); }

function joined(...parts) { return Uint8Array.from(parts.flatMap(part => Array.from(part))); }

function number(bytes) {
  return BigInt("0x0" + Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join(""));
}

function bytes(number, length) {
  const digits = number.toString(16).padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, place) => parseInt(digits.slice(place * 2, place * 2 + 2), 16));
}

function power(base, exponent, modulus) {
  let [result, square] = [1n, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}

// Euclid's algorithm; `null` if there is no inverse.
function inverseModulo(value, modulus) {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return rest === 1n ? (factor % modulus + modulus) % modulus : null;
}
