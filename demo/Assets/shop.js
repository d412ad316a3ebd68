// The private parts of a cached page: form key, mini-cart, greeting and messages, all fetched after the page.
(function () {
  'use strict';
  const cookie = name => (document.cookie.split('; ').find(part => part.startsWith(name + '=')) || '').slice(name.length + 1);
  const setCookie = (name, value, seconds) => { document.cookie = name + '=' + value + '; path=/; SameSite=Lax' + (seconds ? '; max-age=' + seconds : ''); };

  if (!cookie('form_key')) {
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    setCookie('form_key', Array.from(crypto.getRandomValues(new Uint8Array(16)), value => letters[value % letters.length]).join(''), 3600);
  }
  document.querySelectorAll('input[name=form_key]').forEach(input => { input.value = cookie('form_key'); });
  if (!cookie('mage-cache-sessid')) { setCookie('mage-cache-sessid', 'true'); }

  const text = (tag, content, className) => { const element = document.createElement(tag); element.textContent = content; if (className) { element.className = className; } return element; };
  const plain = html => new DOMParser().parseFromString(html, 'text/html').body.textContent.trim();

  function show(sections) {
    const cart = sections.cart || {}, customer = sections.customer || {};
    const count = document.querySelector('[data-cart-count]'), panel = document.querySelector('[data-cart-panel]');
    if (count) { count.textContent = cart.summary_count || 0; }
    if (panel) {
      panel.replaceChildren();
      (cart.items || []).forEach(item => {
        const row = document.createElement('div'); row.className = 'row';
        const image = document.createElement('img'); image.src = item.product_image.src; image.alt = '';
        const words = document.createElement('div'); const link = text('a', item.product_name); link.href = item.product_url;
        words.append(link, text('div', item.qty + ' × ' + plain(item.product_price), 'note'));
        row.append(image, words); panel.append(row);
      });
      if (cart.summary_count) {
        const sum = document.createElement('div'); sum.className = 'sum total'; sum.append(text('span', panel.dataset.subtotal), text('span', plain(cart.subtotal)));
        const go = text('a', panel.dataset.view, 'btn small'); go.href = panel.dataset.url; panel.append(sum, go);
      } else { panel.append(text('p', panel.dataset.empty, 'note')); }
    }
    const who = document.querySelector('[data-greeting]');
    if (who && customer.fullname) {
      who.textContent = customer.fullname; who.href = who.dataset.account;
      const out = document.querySelector('[data-signout]'); if (out) { out.hidden = false; }
    }
    const box = document.querySelector('[data-messages]');
    ((sections.messages || {}).messages || []).forEach(message => { if (box) { box.append(text('div', plain(message.text), 'message ' + message.type)); } });
  }

  fetch('/customer/section/load/?sections=cart%2Ccustomer%2Cmessages&force_new_section_timestamp=false&_=' + Date.now(), { headers: { 'X-Requested-With': 'XMLHttpRequest' }, credentials: 'same-origin' })
    .then(response => response.json()).then(show).catch(() => {});

  document.querySelectorAll('[data-thumb]').forEach(image => image.addEventListener('click', () => { document.querySelector('[data-main-image]').src = image.dataset.thumb; }));
}());
