// Turns an invitation into a pass, when somebody presses the button and never before. The code stands behind
// “#” in the address of the mail (letterbox.code.word) or is pasted. This browser draws one random message
// for each right, blinds it, has it signed and takes the blinding off.
//
// What was blinded is kept here until the answer has come: the server signs the same requests again, and
// no others. Afterwards only the pass stays.

const root = document.querySelector('[data-claim]');
const { importKey, prepare, blind, finalize, token } = await import(root.dataset.blind);
const { kept, keep, erase, offer, load, save, remove } = await import(root.dataset.pass);

const CODE = /^([0-9a-f]{32})\.([A-Za-z0-9_-]{22})(?:\.(.*))?$/;
const PENDING = 'consult.claim.';

const find = (name) => root.querySelector(`[data-${name}]`);
const all = (name) => root.querySelectorAll(`[data-${name}]`);
const fromBase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

let invitation = null;  // { box, code, word }
let facts = null;       // what the server says of the letterbox

class Fault extends Error {}

function show(step) {
  for (const one of all('step')) one.hidden = one.dataset.step !== step;
}

function tell(fault) {
  for (const one of all('fault')) one.hidden = one.dataset.fault !== fault;
  if (fault) root.querySelector(`[data-fault="${fault}"]`)?.focus();
}

function say(place, values) {
  let text = place.dataset.text;
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
  place.textContent = text;
}

function parsed(text) {
  const found = CODE.exec(text.trim());
  if (!found) return null;
  let word = '';
  try {
    word = decodeURIComponent(found[3] ?? '');
  } catch { /* a word that was cut short is asked for later */ }
  return { box: found[1], code: found[2], word };
}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { cache: 'no-store', ...options });
  } catch {
    throw new Fault('failed');
  }
  const said = await answer.json().catch(() => ({ refused: 'failed' }));
  if (!answer.ok || said.refused) throw new Fault(said.refused ?? 'failed');
  return said;
}

async function learn() {
  facts = await ask(`${root.dataset.claimUrl}/${invitation.box}`);
  find('words').replaceChildren(...facts.fingerprint.map((word) => Object.assign(document.createElement('li'), { textContent: word })));
  for (const one of all('days')) say(one, { first: facts.usable_from_day, last: facts.closes_on_day });
  find('facts').hidden = false;
  if (facts.is_late) throw new Fault('late');
}

// One message for each right, drawn here and blinded; the same ones until they are signed.
async function requests() {
  const name = `${PENDING}${invitation.box}.${invitation.code}`;
  const before = JSON.parse(await load(name));
  if (before) return before;
  const drawn = {};
  for (const [lane, key] of Object.entries(facts.lanes)) {
    const prepared = prepare();
    const { request, inverse } = await blind(await importKey(fromBase64(key)), prepared);
    drawn[lane] = { prepared: toBase64(prepared), request: toBase64(request), inverse: toBase64(inverse) };
  }
  try {
    await save(name, JSON.stringify(drawn));
  } catch {
    throw new Fault('storage');
  }
  return drawn;
}

async function signed(drawn, signatures) {
  const rights = {};
  for (const [lane, one] of Object.entries(drawn)) {
    const prepared = fromBase64(one.prepared);
    try {
      const key = await importKey(fromBase64(facts.lanes[lane]));
      rights[lane] = token(lane, prepared, await finalize(key, prepared, fromBase64(signatures[lane]), fromBase64(one.inverse)));
    } catch {
      throw new Fault('unfit');
    }
  }
  return rights;
}

async function claim() {
  const drawn = await requests();
  const body = new URLSearchParams({ box: invitation.box, code: invitation.code });
  for (const [lane, one] of Object.entries(drawn)) body.append(lane, one.request);
  const { signatures } = await ask(root.dataset.claimUrl, { method: 'POST', body });
  const rights = await signed(drawn, signatures);
  await keep({ box: invitation.box, from: facts.usable_from, until: facts.closes_on, rights });
  await remove(`${PENDING}${invitation.box}.${invitation.code}`);
  history.replaceState(null, '', location.pathname);
}

async function finish(step) {
  const pass = await kept(invitation.box);
  for (const one of all('file')) offer(one, pass);
  for (const one of all('write')) {
    const word = invitation.word ? `#word=${encodeURIComponent(invitation.word)}` : '';
    one.href = root.dataset.writeUrl.replace('BOX', invitation.box) + word;
  }
  const wait = find('wait');
  if (facts && step === 'done') {
    wait.textContent = wait.dataset.text;
    wait.hidden = !facts.waits;
  }
  show(step);
  root.querySelector(`[data-step="${step}"] .banner`)?.scrollIntoView({ block: 'nearest' });
}

async function press() {
  tell(null);
  try {
    if (!invitation) {
      invitation = parsed(document.getElementById('code').value);
      if (!invitation) throw new Fault('misread');
      if (await kept(invitation.box)) return finish('kept');
    }
    if (!facts) await learn();
    show('busy');
    await claim();
    await finish('done');
  } catch (error) {
    const fault = error instanceof Fault ? error.message : 'failed';
    const isFinal = ['refused', 'closed', 'late', 'unfit', 'not_yet'].includes(fault);
    show(isFinal ? '' : 'start');
    if (!find('code-field').hidden) [invitation, facts] = [null, null];
    tell(fault);
  }
  return null;
}

async function start() {
  if (!window.crypto?.subtle) return tell('insecure');
  for (const one of all('press')) one.addEventListener('click', press);
  for (const one of all('erase')) {
    one.addEventListener('click', async () => {
      await erase(invitation.box);
      show('erased');
    });
  }
  invitation = parsed(location.hash.slice(1));
  find('code-field').hidden = invitation !== null;
  if (invitation && await kept(invitation.box)) return finish('kept');
  show('start');
  if (!invitation) return location.hash ? tell('misread') : null;
  try {
    await learn();
  } catch (error) {
    const fault = error instanceof Fault ? error.message : 'failed';
    if (fault !== 'failed') show('');
    tell(fault);
  }
  return null;
}

start();
