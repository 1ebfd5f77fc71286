// The page on which one writes works without this file. It takes the code of a slip from behind “#”, where
// its QR code puts it and no server sees it, and shows a code in groups of four as it is printed. Nothing
// is kept: neither in this browser nor in the address.
const SLIP = /^[0-9A-Z]{1,17}$/;

function grouped(typed) {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '');
  if (!SLIP.test(plain)) return typed;  // a pass, or something else: left as it is
  const groups = plain.slice(0, 16).match(/.{1,4}/g).join('-');
  return groups + plain.slice(16);
}

// Typing in the middle is left alone, so that the cursor stays where it is.
function showGrouped(event) {
  const field = event.target;
  if (!field.matches?.('input[data-slip]') || event.isComposing) return;
  if (field.selectionEnd !== field.value.length || event.inputType?.startsWith('delete')) return;
  field.value = grouped(field.value);
}

function takeSlip() {
  const slip = new URLSearchParams(location.hash.slice(1)).get('slip');
  if (!slip) return;
  history.replaceState(null, '', location.pathname + location.search);
  const field = document.querySelector('input[data-slip]');
  if (!field) return;
  field.value = grouped(slip);
  for (const said of document.querySelectorAll('[data-slip-taken]')) said.hidden = false;
}

// The other language is another page: what was taken over goes along, again behind “#”.
function carryOver() {
  for (const link of document.querySelectorAll('a[hreflang]')) {
    link.addEventListener('click', () => {
      const code = document.querySelector('input[data-slip]')?.value.replace(/[\s-]/g, '') ?? '';
      link.hash = SLIP.test(code.toUpperCase()) ? `slip=${encodeURIComponent(code)}` : '';
    });
  }
}

document.addEventListener('input', showGrouped);
window.addEventListener('hashchange', takeSlip);
takeSlip();
carryOver();
