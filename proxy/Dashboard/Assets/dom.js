// Small helpers around the DOM. Text is only written when it differs, so nothing is laid out anew without need.

export const one = (selector, root = document) => root.querySelector(selector);
export const field = (root, name) => root.querySelector(`[data-field="${name}"]`);

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function setLevel(node, level) {
  setAttribute(node, 'data-level', level);
}

/** make('li', {class: 'x', title: 't'}, 'text', child) */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function showFault(node, text) {
  node.hidden = !text;
  setText(node, text ?? '');
}

/** While it runs the form's buttons do nothing, so that a double click is one change. */
export async function busy(form, work) {
  if (form.dataset.busy) return;
  const buttons = [...form.querySelectorAll('button:not([data-action="cancel"])')];
  form.dataset.busy = 'true';
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await work();
  } finally {
    delete form.dataset.busy;
    buttons.forEach((button) => { button.disabled = false; });
  }
}
