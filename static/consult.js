// Consult works without this file. It adds: focus on errors, a way out that leaves no step back,
// counters, one submission at a time, the access word from an address, and sending without a trace.
'use strict';

function focusErrors(root) {
  root.querySelector('[data-focus]')?.focus();
}

// Replaces the page in the history instead of adding to it.
function quickExit(root) {
  for (const link of root.querySelectorAll('a[data-exit]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      document.body.hidden = true;
      location.replace(link.href);
    });
  }
}

// Counts as the server does: bytes of UTF-8, line ends as the form sends them.
function encodedBytes(text) {
  return new TextEncoder().encode(text.replace(/\r?\n/g, '\r\n')).length;
}

// A message counts whole, as it will be sealed: the same compact JSON, line ends as one sign. A thread and
// the reply that is answered take the same room whatever they are; undefined is not written.
function messageBytes(form) {
  const typed = new FormData(form);
  return encodedBytes(JSON.stringify({
    answers: typed.get('answers') ? '-'.repeat(22) : undefined,
    kind: typed.get('kind') ?? 'worry',
    language: typed.get('language'),
    text: typed.get('text').replace(/\r\n?/g, '\n'),
    thread: typed.get('thread') === 'yes' ? { lookup: '-'.repeat(43), public: '-'.repeat(43) } : undefined,
    topics: typed.getAll('topics'),
  }));
}

function countBytes(root) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  for (const place of root.querySelectorAll('[data-counter]')) {
    const control = document.getElementById(place.dataset.counter);
    if (!control) continue;
    const isMessage = 'message' in control.dataset;
    const show = () => {
      const bytes = isMessage ? messageBytes(control.form) : encodedBytes(control.value);
      const left = Number(place.dataset.maxBytes) - bytes;
      place.classList.toggle('is-over', left < 0);
      place.textContent = (left < 0 ? place.dataset.over : place.dataset.left)
        .replace('{n}', numbers.format(Math.abs(left)));
    };
    (isMessage ? control.form : control).addEventListener('input', show);
    show();
  }
}

// Counts words as the server does: an elided article goes with its noun.
function countWords(root) {
  for (const place of root.querySelectorAll('[data-words]')) {
    const controls = place.dataset.words.trim().split(' ').map((id) => document.getElementById(id)).filter(Boolean);
    const show = () => {
      const found = controls.map((one) => one.value.match(/[\p{L}\p{N}]+(?:[’'.,-][\p{L}\p{N}]+)*/gu) ?? []).flat();
      const isOver = found.length > Number(place.dataset.most);
      place.classList.toggle('is-over', isOver);
      place.textContent = (isOver ? place.dataset.over : place.dataset.text).replace('{n}', found.length);
    };
    for (const control of controls) control.addEventListener('input', show);
    if (controls.length) show();
  }
}

// A second press within eight seconds does nothing: a slow answer is not a lost one.
function submitOnce(root) {
  for (const form of root.querySelectorAll('form[method="post"]')) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      form.dataset.sent = 'yes';
      setTimeout(() => delete form.dataset.sent, 8000);
    });
  }
}

// A link or a QR code carries the word after “#word=”, where no server and no log sees it; the QR code of a
// slip carries its code beside it. The word is typed here, once; the code goes on behind “#” to the page on
// which one writes, since browsers keep that part when they are sent elsewhere.
function accessWord(root) {
  const form = root.querySelector('form[data-word]');
  const told = new URLSearchParams(location.hash.slice(1));
  const word = told.get('word');
  const slip = told.get('slip');
  if (!word && !slip) return;
  if (slip && !form) return;  // speak.js takes it
  history.replaceState(null, '', location.pathname + location.search);
  if (!form) return;
  if (slip) form.action = `${form.getAttribute('action')}#slip=${encodeURIComponent(slip)}`;
  if (!word) return;
  form.elements.namedItem('word').value = word;
  form.requestSubmit();
}

function showInstead(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const main = page.querySelector('main');
  if (!main) return false;
  document.title = page.title;
  document.querySelector('main').replaceWith(main);
  start(main);
  document.dispatchEvent(new CustomEvent('consult:shown'));
  if (!main.querySelector('[data-focus]')) main.focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: 'instant' });
  return true;
}

function sayFailed(form, words) {
  const said = form.querySelector('[data-failure]') ?? document.createElement('p');
  said.className = 'error';
  said.dataset.failure = '';
  said.setAttribute('role', 'alert');
  said.textContent = words ?? form.dataset.failed;
  form.append(said);
}

async function sendQuietly(form, submitter) {
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.append(submitter.name, submitter.value);
  const answer = await fetch(submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href, {
    method: 'POST', body, cache: 'no-store', headers: { Accept: 'text/html' },
  });
  if (answer.status === 413) {  // the server did not read it, so only this page still has the text
    sayFailed(form, form.dataset.tooBig);
    return;
  }
  if (answer.redirected) {
    const first = [];  // pass.js erases the right that was used
    document.dispatchEvent(new CustomEvent('consult:sent', { detail: { right: body.get('right'), first } }));
    await Promise.allSettled(first);
    form.reset();
    location.replace(answer.url);
    return;
  }
  if (!showInstead(await answer.text())) sayFailed(form);
}

// What is written here goes by fetch, so that no copy of the text stays in the browser’s session files.
function quietForms(root) {
  for (const form of root.querySelectorAll('form[data-quiet]')) {
    form.addEventListener('submit', async (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      try {
        await sendQuietly(form, event.submitter);
      } catch {
        sayFailed(form);
      } finally {
        delete form.dataset.sent;
      }
    });
  }
}

// Leaving with something typed asks first; the form’s own buttons save it.
function keepTyped(root) {
  for (const form of root.querySelectorAll('form[data-keep]')) {
    let changed = false;
    form.addEventListener('input', () => { changed = true; });
    form.addEventListener('submit', () => { changed = false; });
    window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });
  }
}

// A sheet to print: the button shows only where it can do something.
function printSheet(root) {
  for (const button of root.querySelectorAll('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
}

function start(root) {
  printSheet(root);
  submitOnce(root);
  keepTyped(root);
  quietForms(root);
  quickExit(root);
  countBytes(root);
  countWords(root);
  focusErrors(root);
}

start(document);
accessWord(document);
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});
