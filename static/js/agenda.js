// Reordering the agenda by dragging. Without this script, and by keyboard, the arrow buttons beside each item do it.
// <form data-reorder data-hx-post="…" data-hx-trigger="reorder" …> with an <ol> of items, each with an <input name="item">
// and a <span class="ak-grip">.
let drag = null; // the item in hand, its list, and the order before

const order = (list) => [...list.children];

const finish = (keep) => {
  if (!drag) return;
  const { item, list, before } = drag;
  drag = null;
  item.classList.remove("ak-agenda__item--drag");
  if (!keep) list.append(...before);
  else if (order(list).some((entry, place) => entry !== before[place])) {
    list.closest("form").dispatchEvent(new Event("reorder"));
  }
};

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-reorder] .ak-grip");
  if (!grip || event.button) return;
  event.preventDefault();
  const item = grip.closest("li");
  drag = { item, list: item.parentElement, before: order(item.parentElement) };
  item.classList.add("ak-agenda__item--drag");
  grip.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const { item, list } = drag;
  const edge = 80;
  if (event.clientY < edge) scrollBy(0, -16);
  if (event.clientY > innerHeight - edge) scrollBy(0, 16);
  const below = order(list).filter((entry) => entry !== item).find((entry) => {
    const box = entry.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  if (below !== item.nextElementSibling) list.insertBefore(item, below ?? null);
});

document.addEventListener("pointerup", () => finish(true));
document.addEventListener("pointercancel", () => finish(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") finish(false);
});
