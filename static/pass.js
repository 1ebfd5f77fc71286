// A pass kept in this browser: one token for each right, used in order and erased once used.
//
// A form with data-right-lane="speak" (or "pulse", "support"), data-box and data-today gets its field `right`
// filled. A block [data-pass] in it says what is left, opens a file (which never leaves the browser) and
// erases the pass. Nothing here needs the server; without scripts a token can be pasted.

const PREFIX = 'consult.pass.';
const TOKEN = /^(speak-[1-8]|pulse|support)\.[A-Za-z0-9_-]{427}$/;
const BOX = /^[0-9a-f]{32}$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOST_BYTES = 20000;

function sound(pass) {
  return pass && BOX.test(pass.box) && DAY.test(pass.from) && DAY.test(pass.until) && typeof pass.rights === 'object'
    && Object.entries(pass.rights).every(([lane, token]) => TOKEN.test(token) && token.startsWith(`${lane}.`));
}

// Kept in the folder a browser gives each site for its own files: what is erased there is gone from the
// profile, while localStorage keeps erased values in its journal for weeks. Where there is no such folder
// (Safari before 26, private windows of Firefox) localStorage has to do.
async function folder() {
  try {
    return await navigator.storage.getDirectory();
  } catch {
    return null;
  }
}

export async function load(name) {
  try {
    const file = await (await folder()).getFileHandle(name);
    return await (await file.getFile()).text();
  } catch {
    return localStorage.getItem(name);
  }
}

// Throws where the browser keeps nothing.
export async function save(name, text) {
  try {
    const file = await (await folder()).getFileHandle(name, { create: true });
    const writing = await file.createWritable();
    await writing.write(text);
    await writing.close();
  } catch {
    localStorage.setItem(name, text);
  }
}

export async function remove(name) {
  localStorage.removeItem(name);
  await (await folder())?.removeEntry(name).catch(() => null);
}

export async function kept(box) {
  try {
    const pass = JSON.parse(await load(PREFIX + box));
    return sound(pass) && pass.box === box ? pass : null;
  } catch {
    return null;
  }
}

// Throws where the browser keeps nothing.
export const keep = (pass) => save(PREFIX + pass.box, JSON.stringify(pass));
export const erase = (box) => remove(PREFIX + box);

// The pass as a file, made and saved by the browser alone.
export function offer(link, pass) {
  const file = new Blob([`${JSON.stringify(pass, null, 1)}\n`], { type: 'text/plain' });
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(file);
  link.download = `consult-${pass.box.slice(0, 6)}.txt`;
}

function read(text) {
  try {
    const pass = JSON.parse(text);
    return sound(pass) ? pass : null;
  } catch {
    return null;
  }
}

// A right that was used is erased; the one for support is good once for each wording.
async function used(box, token) {
  const lane = TOKEN.exec(token ?? '')?.[1];
  const pass = lane && lane !== 'support' ? await kept(box) : null;
  if (pass?.rights[lane] !== token) return;
  delete pass.rights[lane];
  if (Object.keys(pass.rights).length) await keep(pass);
  else await erase(box);
}

function lanesLeft(pass, lane) {
  return Object.keys(pass.rights).filter((one) => one === lane || (lane === 'speak' && one.startsWith('speak-'))).sort();
}

function shown(block, name, text = null) {
  for (const one of block.querySelectorAll('[data-say]')) {
    one.hidden = one.dataset.say !== name;
    if (!one.hidden && text !== null) one.textContent = text;
  }
}

function said(block, name, facts) {
  const place = block.querySelector(`[data-say="${name}"]`);
  const text = facts.count === 1 && place.dataset.one ? place.dataset.one : place.dataset.text;
  shown(block, name, text.replace('{count}', facts.count).replace('{day}', facts.day));
}

function inWords(day) {
  const long = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(document.documentElement.lang === 'fr' ? 'fr-FR' : 'en-GB', long).format(new Date(`${day}T12:00Z`));
}

// What is typed stays: only an empty field, or one this script filled, is changed.
async function fill(form) {
  const { box, rightLane: lane, today } = form.dataset;
  const field = form.elements.namedItem('right');
  const block = form.querySelector('[data-pass]');
  if (!field || !box) return;
  const pass = await kept(box);
  const lanes = pass ? lanesLeft(pass, lane) : [];
  const isEarly = pass !== null && pass.from > today;
  const next = lanes.length && !isEarly ? pass.rights[lanes[0]] : '';
  const isOurs = field.value === '' || TOKEN.test(field.value);
  if (isOurs && field.value !== next && (next || field.dataset.filled)) field.value = next;
  if (next && field.value === next) field.dataset.filled = 'yes';
  else delete field.dataset.filled;
  if (!block) return;
  block.hidden = false;
  const place = field.type === 'hidden' ? null : field.closest('.field');
  if (place) place.hidden = Boolean(field.dataset.filled);
  const erasing = block.querySelector('[data-pass-erase]');
  if (erasing) erasing.hidden = pass === null;
  const opening = block.querySelector('[data-pass-open]');
  if (opening) opening.hidden = Boolean(next);
  if (pass === null) shown(block, 'none');
  else if (isEarly) said(block, 'early', { day: inWords(pass.from) });
  else if (!lanes.length) shown(block, 'spent');
  else said(block, field.dataset.filled ? 'left' : 'beside', { count: lanes.length });
}

async function opened(form, input) {
  const file = input.files[0];
  input.value = '';
  const block = form.querySelector('[data-pass]');
  const pass = file && file.size <= MOST_BYTES ? read(await file.text()) : null;
  if (pass === null) return shown(block, 'unread');
  if (pass.box !== form.dataset.box) return shown(block, 'foreign');
  try {
    await keep(pass);
  } catch {
    return shown(block, 'unread');
  }
  form.elements.namedItem('right').value = '';
  await fill(form);
  block.querySelector('[data-say]:not([hidden])')?.focus();
  return null;
}

async function prepare(form) {
  const field = form.elements.namedItem('right');
  if (form.dataset.rightFault === 'used' && TOKEN.test(field?.value ?? '')) {
    await used(form.dataset.box, field.value);
    field.value = '';
  }
  await fill(form);
}

let box = null;  // of the form last shown: the page on which a text is reviewed does not name it

function begin() {
  for (const form of document.querySelectorAll('form[data-right-lane]')) {
    if (form.dataset.passReady) continue;
    form.dataset.passReady = 'yes';
    box = form.dataset.box;
    prepare(form);
    form.querySelector('[data-pass-file]')?.addEventListener('change', (event) => opened(form, event.target));
    form.querySelector('[data-pass-erase]')?.addEventListener('click', async () => {
      await erase(form.dataset.box);
      form.elements.namedItem('right').value = '';
      fill(form);
    });
  }
}

document.addEventListener('consult:sent', (event) => event.detail.first.push(used(box, event.detail.right)));
document.addEventListener('consult:shown', begin);
begin();
