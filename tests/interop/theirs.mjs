// One call of @cloudflare/blindrsa-ts: node theirs.mjs MODULE CALL, values as JSON of hex on stdin and stdout.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [module, call] = process.argv.slice(2);
const { RSABSSA } = await import(pathToFileURL(module));
const suite = RSABSSA.SHA384.PSS.Randomized();
const given = Object.fromEntries(Object.entries(JSON.parse(readFileSync(0, 'utf8')))
  .map(([name, hex]) => [name, new Uint8Array(Buffer.from(hex, 'hex'))]));
const scheme = { name: 'RSA-PSS', hash: 'SHA-384' };
const publicKey = given.public && await crypto.subtle.importKey('spki', given.public, scheme, true, ['verify']);
const privateKey = given.private && await crypto.subtle.importKey('pkcs8', given.private, scheme, true, ['sign']);

const calls = {
  async generate() {
    const pair = await suite.generateKey({ publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2048 });
    return {
      public: await crypto.subtle.exportKey('spki', pair.publicKey),
      private: await crypto.subtle.exportKey('pkcs8', pair.privateKey),
    };
  },
  async blind() {
    const prepared = suite.prepare(given.message);
    const { blindedMsg, inv } = await suite.blind(publicKey, prepared);
    return { prepared, request: blindedMsg, inverse: inv };
  },
  async sign() {
    return { blind_signature: await suite.blindSign(privateKey, given.request) };
  },
  async finalize() {
    const { prepared, blind_signature, inverse } = given;
    return { signature: await suite.finalize(publicKey, prepared, blind_signature, inverse) };
  },
  async verify() {
    return { valid: Uint8Array.of(await suite.verify(publicKey, given.signature, given.prepared)) };
  },
};
const told = Object.entries(await calls[call]());
process.stdout.write(JSON.stringify(Object.fromEntries(told.map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]))));
