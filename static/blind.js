// Blind signatures in the browser: RSABSSA-SHA384-PSS-Randomized of RFC 9474 with WebCrypto and BigInt.
// The server's half, and what the numbers mean, stand in consult/anonymity/blind.py.
//
//   const key = await importKey(spki);                        // the lane's public key, DER
//   const prepared = prepare();                               // 32 random bytes, 32 random bytes
//   const { request, inverse } = await blind(key, prepared);  // request goes to the server
//   const signature = await finalize(key, prepared, answer, inverse);
//   token('speak-1', prepared, signature);                    // what the person keeps
//
// All values are Uint8Array, numbers big-endian, as long as the modulus. Nothing here runs in constant
// time, and need not: each blinding factor is drawn for one request on the person's own device and never
// used again, no secret key takes part, and whoever can time this device can read it.

const HASH = 'SHA-384';
const HASH_SIZE = 48;
const SALT_SIZE = 48;
const PREFIX_SIZE = 32;
const MESSAGE_SIZE = 32;
const EXPONENT = 65537n;
const MIN_BITS = 2048;

const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest(HASH, bytes));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function toNumber(bytes) {
  return BigInt('0x00' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

function toBytes(number, size) {
  return Uint8Array.from(number.toString(16).padStart(2 * size, '0').match(/../g), (pair) => parseInt(pair, 16));
}

function power(base, exponent, modulus) {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}

// Extended Euclid. Null where there is no inverse.
function inverted(value, modulus) {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 0n) {
    const quotient = b / a;
    [a, b, x, y] = [b - quotient * a, a, y - quotient * x, x];
  }
  return b === 1n ? (y % modulus + modulus) % modulus : null;
}

// From 1 below the modulus, each as likely as any other.
function drawnBelow({ n, size, bits }) {
  for (;;) {
    const drawn = toNumber(random(size)) & ((1n << BigInt(bits)) - 1n);
    if (drawn > 0n && drawn < n) return drawn;
  }
}

// EMSA-PSS-ENCODE (RFC 8017, 9.1.1) for one bit less than the modulus has.
async function encoded(message, salt, bits) {
  const size = Math.ceil(bits / 8);
  const hash = await digest(joined(new Uint8Array(8), await digest(message), salt));
  const block = joined(new Uint8Array(size - HASH_SIZE - salt.length - 2), [1], salt);
  for (let at = 0; at * HASH_SIZE < block.length; at += 1) {
    const mask = await digest(joined(hash, [0, 0, 0, at]));
    for (let i = at * HASH_SIZE; i < Math.min(block.length, (at + 1) * HASH_SIZE); i += 1) block[i] ^= mask[i - at * HASH_SIZE];
  }
  block[0] &= 0xff >> (8 * size - bits);
  return joined(block, hash, [0xbc]);
}

// Throws unless the bytes are an RSA public key (SPKI, DER) of 2048 bits or more with the exponent 65537.
export async function importKey(spki) {
  const key = await crypto.subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: HASH }, true, ['verify']);
  const { n: text, e } = await crypto.subtle.exportKey('jwk', key);
  const n = toNumber(Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)));
  const bits = n.toString(2).length;
  if (bits < MIN_BITS || e !== 'AQAB') throw new Error('unfit key');
  return { key, n, bits, size: Math.ceil(bits / 8) };
}

export function prepare(message = random(MESSAGE_SIZE)) {
  return joined(random(PREFIX_SIZE), message);
}

// `fixed` holds salt and inverse of test vectors and is given by nothing else.
export async function blind(key, prepared, fixed = null) {
  const salt = fixed?.salt ?? random(SALT_SIZE);
  const message = toNumber(await encoded(prepared, salt, key.bits - 1));
  const inverse = fixed ? toNumber(fixed.inverse) : drawnBelow(key);
  const factor = inverted(inverse, key.n);
  if (factor === null || inverted(message, key.n) === null) throw new Error('not invertible');
  const request = message * power(factor, EXPONENT, key.n) % key.n;
  return { request: toBytes(request, key.size), inverse: toBytes(inverse, key.size) };
}

// Throws when what the server answered does not sign `prepared` under this key.
export async function finalize(key, prepared, answer, inverse, saltLength = SALT_SIZE) {
  if (answer.length !== key.size || inverse.length !== key.size) throw new Error('wrong length');
  const signature = toBytes(toNumber(answer) * toNumber(inverse) % key.n, key.size);
  if (!(await verify(key, prepared, signature, saltLength))) throw new Error('not signed');
  return signature;
}

export function verify(key, prepared, signature, saltLength = SALT_SIZE) {
  return crypto.subtle.verify({ name: 'RSA-PSS', saltLength }, key.key, signature, prepared);
}

// As consult/anonymity/rights.py reads it: 64 prepared bytes and the signature of 256.
export function token(lane, prepared, signature) {
  return `${lane}.${base64url(joined(prepared, signature))}`;
}
